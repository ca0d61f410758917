//! The `ballast` command, as a library: stories, the engine that plays them, and the
//! interactive session.
//!
//! | module | job |
//! | --- | --- |
//! | [`source`], [`yaml`], [`typed`] | a text with places in it, a tree, a tree against a type |
//! | [`story`] | what a story says, and whether it makes sense |
//! | [`directory`], [`contracts`], [`resolve`], [`amount`], [`duration`] | names, messages, amounts, times |
//! | [`chain`], [`embedded`], [`live`] | what a story needs of a chain, the embedded one, and a real one |
//! | [`play`], [`render`] | playing a story, and showing how it went |
//! | [`mod@bench`] | the tables of the benchmark |
//! | [`gas`] | what every message costs on a real chain |
//! | [`localnet`] | a real chain on this machine |
//! | [`mod@deploy`], [`verify`], [`upgrade`] | a protocol on a real chain, made, compared, renewed |
//! | [`exec`], [`query`], [`deployed`] | one message, one question |
//! | [`session`], [`commands`], [`cli`] | what the command does |
// This package decides no money: indices and sums are over texts and lists of the reader.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation
)]

pub mod amount;
pub mod bench;
pub mod chain;
pub mod chart;
pub mod cli;
pub mod commands;
pub mod contracts;
pub mod deploy;
pub mod deployed;
pub mod directory;
pub mod duration;
pub mod embedded;
pub mod exec;
pub mod files;
pub mod gas;
pub mod live;
pub mod localnet;
pub mod play;
pub mod profile;
mod progress;
pub mod query;
pub mod render;
pub mod resolve;
pub mod session;
pub mod source;
pub mod story;
pub mod text;
pub mod typed;
pub mod upgrade;
pub mod verify;
pub mod yaml;

pub use directory::Directory;
