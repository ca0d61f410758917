//! Whether a tree fits a type, and where it does not: serde over a [`Node`].

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor, value::StrDeserializer,
};

use crate::{
    source::{Mistake, Span},
    yaml::{Key, Node, Tree},
};

/// Reads a `T` out of a tree as JSON would: a decimal is a text in quotes. What does not fit
/// is a mistake at its place.
pub fn read<T: de::DeserializeOwned>(node: &Node) -> Result<T, Mistake> {
    read_as(node, Words::Json)
}

/// Reads a `T` out of a tree as YAML would: a decimal needs no quotes.
pub fn read_yaml<T: de::DeserializeOwned>(node: &Node) -> Result<T, Mistake> {
    read_as(node, Words::Yaml)
}

fn read_as<T: de::DeserializeOwned>(node: &Node, words: Words) -> Result<T, Mistake> {
    T::deserialize(Reader { node, words }).map_err(|fault| fault.at(node.span).into_mistake())
}

/// Whether a number without quotes can be a text.
#[derive(Clone, Copy, PartialEq)]
enum Words {
    Json,
    Yaml,
}

/// A tree that is being read.
#[derive(Clone, Copy)]
struct Reader<'de> {
    node: &'de Node,
    words: Words,
}

impl<'de> Reader<'de> {
    const fn of(self, node: &'de Node) -> Self {
        Self {
            node,
            words: self.words,
        }
    }
}

/// Why a tree does not fit a type.
#[derive(Debug)]
pub struct Fault {
    mistake: Mistake,
    placed: bool,
}

impl Fault {
    fn new(message: String) -> Self {
        Self {
            mistake: Mistake::new(Span::default(), message),
            placed: false,
        }
    }

    /// The innermost place wins.
    fn at(mut self, span: Span) -> Self {
        if !self.placed {
            self.mistake.span = span;
            self.placed = true;
        }
        self
    }

    fn into_mistake(self) -> Mistake {
        self.mistake
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.mistake.message)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        // What the chain's integers say of a text that is none: "invalid $t '1.5' - …".
        let number = message
            .strip_prefix("invalid $t '")
            .and_then(|rest| rest.split_once('\''));
        match number {
            Some((text, _)) => {
                let mut fault = Self::new(format!("`{text}` is not a whole number"));
                let expected = "expected base units in quotes, such as \"1000000\"";
                fault.mistake = fault.mistake.expected(expected);
                fault
            }
            None => Self::new(message),
        }
    }

    fn invalid_type(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let mut fault = Self::new(format!("this is {unexpected}"));
        let expected = match expected.to_string().as_str() {
            "u8" | "u16" | "u32" | "u64" | "u128" => "a whole number".to_owned(),
            other => other.to_owned(),
        };
        let is_number = matches!(
            unexpected,
            de::Unexpected::Float(_) | de::Unexpected::Unsigned(_) | de::Unexpected::Signed(_)
        );
        fault.mistake.expected = Some(if is_number && expected.contains("string") {
            format!("expected {expected}: amounts, decimals and numbers of pools stand in quotes")
        } else {
            format!("expected {expected}")
        });
        fault
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let mut fault = Self::new(format!("unknown field `{field}`"));
        fault.mistake = fault.mistake.expected_one_of(field, expected);
        fault
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut fault = Self::new(format!("unknown message or value `{variant}`"));
        fault.mistake = fault.mistake.expected_one_of(variant, expected);
        fault
    }

    fn missing_field(field: &'static str) -> Self {
        let mut fault = Self::new(format!("the field `{field}` is missing"));
        fault.mistake = fault
            .mistake
            .expected(format!("expected `{field}: …` in it"));
        fault
    }
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.tree {
            Tree::Null => visitor.visit_unit(),
            Tree::Bool(value) => visitor.visit_bool(*value),
            Tree::Number(text) => {
                if let Ok(whole) = text.parse::<u64>() {
                    visitor.visit_u64(whole)
                } else if let Ok(whole) = text.parse::<i64>() {
                    visitor.visit_i64(whole)
                } else if let Ok(fraction) = text.parse::<f64>() {
                    visitor.visit_f64(fraction)
                } else {
                    visitor.visit_str(text)
                }
            }
            Tree::Text(text) => visitor.visit_str(text),
            Tree::List(items) => visitor.visit_seq(Items {
                rest: items.iter(),
                reader: self,
            }),
            Tree::Map(entries) => visitor.visit_map(Entries {
                rest: entries.iter(),
                value: None,
                reader: self,
                known: None,
            }),
        }
        .map_err(|fault| fault.at(self.node.span))
    }

    /// The derived code of the contracts' messages ignores fields it does not know, so a typing
    /// error would change what a message means: here they are refused.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.node.tree {
            Tree::Map(entries) => visitor
                .visit_map(Entries {
                    rest: entries.iter(),
                    value: None,
                    reader: self,
                    known: Some(fields),
                })
                .map_err(|fault| fault.at(self.node.span)),
            _ => {
                let message = format!("this is {}", self.node.kind());
                let mut fault = Fault::new(message).at(self.node.span);
                fault.mistake = fault.mistake.expected("expected a mapping of fields");
                Err(fault)
            }
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.tree {
            Tree::Number(text) if self.words == Words::Yaml => visitor
                .visit_str(text)
                .map_err(|fault: Fault| fault.at(self.node.span)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.node.tree {
            Tree::Text(text) if self.words == Words::Yaml => {
                match text.replace('_', "").parse::<u64>() {
                    Ok(whole) => visitor.visit_u64(whole),
                    Err(_) => visitor.visit_str(text),
                }
                .map_err(|fault: Fault| fault.at(self.node.span))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.tree {
            Tree::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let unexpected = |text: String| {
            let mut fault = Fault::new(text).at(self.node.span);
            fault.mistake = fault.mistake.expected_one_of("", variants);
            fault
        };
        match &self.node.tree {
            Tree::Text(text) => visitor.visit_enum(Variant {
                span: self.node.span,
                name: text,
                value: None,
            }),
            Tree::Map(entries) => match entries.as_slice() {
                [(Key { span, name }, value)] => visitor.visit_enum(Variant {
                    span: *span,
                    name,
                    value: Some(self.of(value)),
                }),
                entries => Err(unexpected(format!(
                    "this has {} keys instead of exactly one",
                    entries.len()
                ))),
            },
            _ => Err(unexpected(format!("this is {}", self.node.kind()))),
        }
        .map_err(|fault| fault.at(self.node.span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char bytes byte_buf
        unit unit_struct seq tuple tuple_struct map identifier
    }
}

struct Items<'de> {
    rest: std::slice::Iter<'de, Node>,
    reader: Reader<'de>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(node) = self.rest.next() else {
            return Ok(None);
        };
        seed.deserialize(self.reader.of(node))
            .map(Some)
            .map_err(|fault| fault.at(node.span))
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, (Key, Node)>,
    value: Option<&'de Node>,
    reader: Reader<'de>,
    known: Option<&'static [&'static str]>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.rest.next() else {
            return Ok(None);
        };
        if let Some(known) = self.known
            && !known.contains(&key.name.as_str())
        {
            let fault: Fault = de::Error::unknown_field(&key.name, known);
            return Err(fault.at(key.span));
        }
        self.value = Some(value);
        let name: StrDeserializer<'_, Fault> = key.name.as_str().into_deserializer();
        seed.deserialize(name)
            .map(Some)
            .map_err(|fault| fault.at(key.span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let node = self
            .value
            .take()
            .ok_or_else(|| Fault::new("a value without a key".to_owned()))?;
        seed.deserialize(self.reader.of(node))
            .map_err(|fault| fault.at(node.span))
    }
}

struct Variant<'de> {
    span: Span,
    name: &'de str,
    value: Option<Reader<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let name: StrDeserializer<'_, Fault> = self.name.into_deserializer();
        match seed.deserialize(name) {
            Ok(value) => Ok((value, self)),
            Err(fault) => Err(fault.at(self.span)),
        }
    }
}

impl<'de> Variant<'de> {
    fn content(&self) -> Result<Reader<'de>, Fault> {
        self.value.ok_or_else(|| {
            let mut fault = Fault::new(format!("`{}` has no content", self.name)).at(self.span);
            let expected = format!("expected `{{{}: {{…}}}}`", self.name);
            fault.mistake = fault.mistake.expected(expected);
            fault
        })
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.value.map(|reader| reader.node) {
            None => Ok(()),
            Some(Node {
                tree: Tree::Null, ..
            }) => Ok(()),
            Some(node) => {
                Err(Fault::new(format!("`{}` takes no content", self.name)).at(node.span))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content()?.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content()?.deserialize_struct("", fields, visitor)
    }
}

/// The names of an enum's variants, as serde knows them.
pub fn variants<T: de::DeserializeOwned>() -> &'static [&'static str] {
    let mut names = Names(&[]);
    let _ = T::deserialize(&mut names);
    names.0
}

/// Remembers which variants a type asks for, and then refuses.
struct Names(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Names {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("only names are asked for"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0 = variants;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;
    use ballast_types::{oracle, synth_minter};
    use rstest::rstest;

    #[test]
    fn names_come_from_the_types() {
        assert_eq!(&variants::<oracle::ExecuteMsg>()[..2], ["push", "poke"]);
        assert_eq!(
            variants::<synth_minter::ReceiveMsg>(),
            ["deposit", "burn", "liquidate", "exchange"]
        );
    }

    #[rstest]
    #[case("{mint: {}}", "")]
    #[case("{mint: {amount: '1'}}", "")]
    #[case("{mint: {amount: null}}", "")]
    #[case("{min: {}}", "min|unknown message or value `min`|did you mean `mint`?")]
    #[case(
        "{mint: {amout: '1'}}",
        "amout|unknown field `amout`|expected `amount`"
    )]
    #[case(
        "{mint: {amount: 1}}",
        "1|this is integer `1`|expected string-encoded integer: amounts"
    )]
    #[case(
        "{flag: {}}",
        "{}|the field `account` is missing|expected `account: …` in it"
    )]
    #[case("{flag: teddy}", "teddy|this is a text|expected a mapping of fields")]
    #[case(
        "{mint: {}, flag: {}}",
        "{mint: {}, flag: {}}|this has 2 keys|expected one of"
    )]
    #[case("mint", "mint|`mint` has no content|expected `{mint: {…}}`")]
    #[case("[1]", "[1]|this is a list|expected one of")]
    #[case("{update_ownership: accept_ownership}", "")]
    fn messages_fit_or_not(#[case] text: &str, #[case] mistake: &str) {
        let got = match read::<synth_minter::ExecuteMsg>(&yaml::parse(text).unwrap()) {
            Ok(_) => String::new(),
            Err(Mistake {
                message,
                expected,
                span,
            }) => format!(
                "{}|{message}|{}",
                &text[span.start..span.start + span.len],
                expected.unwrap_or_default()
            ),
        };
        let parts: Vec<_> = mistake.splitn(3, '|').collect();
        let found: Vec<_> = got.splitn(3, '|').collect();
        assert_eq!(parts.len(), found.len(), "{got}");
        for (want, got) in parts.iter().zip(&found) {
            assert!(got.starts_with(want), "{got} is not {want}");
        }
    }
}
