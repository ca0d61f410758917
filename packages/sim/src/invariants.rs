//! What must always hold (DESIGN §11).
