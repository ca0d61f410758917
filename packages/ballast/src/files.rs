//! Which files hold stories, and what stands in them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;

use crate::source::Source;

/// The files that were named, and those of the folders that were named, sorted.
pub fn find(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = found.len();
            found.extend(in_folder(path)?);
            anyhow::ensure!(
                found.len() > before,
                "{} has no stories: no file in it ends in .yaml",
                path.display()
            );
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn in_folder(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_story = path
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml");
        if is_story && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file.
pub fn read(path: &Path) -> anyhow::Result<Source> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Source {
        name: path.display().to_string(),
        text,
    })
}
