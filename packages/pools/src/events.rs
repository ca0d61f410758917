//! What is told.

use std::fmt::Display;

use cosmwasm_std::Event;

/// An event with its attributes.
pub fn event(name: &str, attributes: &[(&str, &dyn Display)]) -> Event {
    attributes
        .iter()
        .fold(Event::new(name), |event, (key, value)| {
            event.add_attribute(*key, value.to_string())
        })
}
