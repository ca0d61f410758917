//! What each act costs, with few accounts and with many.
