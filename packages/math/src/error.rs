//! What arithmetic can answer instead of a number.

use cosmwasm_std::{
    CheckedFromRatioError, ConversionOverflowError, DecimalRangeExceeded, DivideByZeroError,
    OverflowError,
};
use thiserror::Error;

/// A result that cannot be represented, or a quotient that does not exist.
#[derive(Error, Debug, Clone, PartialEq, Eq)]
pub enum MathError {
    /// The result lies outside the range of its type.
    #[error("OutOfRange: the result of {operation} cannot be represented")]
    OutOfRange {
        /// Which computation it was.
        operation: &'static str,
    },
    /// A division by zero.
    #[error("DivideByZero: division by zero in {operation}")]
    DivideByZero {
        /// Which computation it was.
        operation: &'static str,
    },
    /// An asset with more than 18 decimals.
    #[error("TooManyDecimals: {decimals} decimals are more than the 18 allowed")]
    TooManyDecimals {
        /// How many it has.
        decimals: u8,
    },
    /// A deposit too small to buy a share of what is there. The amount is the caller's to name: every
    /// error of a contract holds this one, and what it holds is moved with each.
    #[error("NoShares: the deposit buys no share")]
    NoShares {},
    /// More was asked for than there is.
    #[error("Insufficient: more base units were asked for than there are")]
    Insufficient {},
}

impl MathError {
    pub(crate) const fn out_of_range(operation: &'static str) -> Self {
        Self::OutOfRange { operation }
    }

    pub(crate) const fn divide_by_zero(operation: &'static str) -> Self {
        Self::DivideByZero { operation }
    }
}

impl From<OverflowError> for MathError {
    fn from(_: OverflowError) -> Self {
        Self::out_of_range("an addition, subtraction or multiplication")
    }
}

impl From<ConversionOverflowError> for MathError {
    fn from(_: ConversionOverflowError) -> Self {
        Self::out_of_range("a conversion to a smaller type")
    }
}

impl From<DivideByZeroError> for MathError {
    fn from(_: DivideByZeroError) -> Self {
        Self::divide_by_zero("a division")
    }
}

impl From<DecimalRangeExceeded> for MathError {
    fn from(_: DecimalRangeExceeded) -> Self {
        Self::out_of_range("a conversion to a decimal")
    }
}

impl From<CheckedFromRatioError> for MathError {
    fn from(error: CheckedFromRatioError) -> Self {
        match error {
            CheckedFromRatioError::DivideByZero => Self::divide_by_zero("a ratio"),
            CheckedFromRatioError::Overflow => Self::out_of_range("a ratio"),
        }
    }
}
