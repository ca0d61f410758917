//! A deployment: made step by step, once and never twice, and compared with its profile later.
//!
//! | module | job |
//! | --- | --- |
//! | [`artifacts`] | the codes that `scripts/build` makes |
//! | [`record`] | the file of a deployment, which is its journal too |
//! | [`setting`] | profile, network and accounts, put together |
//! | [`batch`] | which steps go into the next transactions |
//! | [`runner`] | doing the steps |
//! | [`verify`] | comparing chain, codes and profile |
//! | [`upgrade`] | which contracts get a new code |

pub mod artifacts;
pub mod batch;
pub mod error;
pub mod record;
pub mod runner;
pub mod setting;
pub mod upgrade;
pub mod verify;

pub use artifacts::Artifacts;
pub use error::DeployError;
pub use record::{Deployment, Store};
pub use runner::{Mode, News, Progress, Runner};
pub use setting::Setting;
