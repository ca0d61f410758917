//! What arithmetic can answer instead of a number.

use cosmwasm_std::{
    CheckedFromRatioError, ConversionOverflowError, DecimalRangeExceeded, DivideByZeroError,
    OverflowError, Uint128,
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
    /// A deposit too small to buy a share of what is there.
    #[error("NoShares: a deposit of {amount} base units buys no share")]
    NoShares {
        /// What was to be deposited.
        amount: Uint128,
    },
    /// More was asked for than there is.
    #[error("Insufficient: {wanted} base units are more than the {available} there are")]
    Insufficient {
        /// What was asked for.
        wanted: Uint128,
        /// What there is.
        available: Uint128,
    },
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
