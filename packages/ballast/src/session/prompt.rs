//! The session on a terminal: history, completion, colours.

use std::{
    borrow::Cow,
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, Mutex},
};

use reedline::{
    ColumnarMenu, Completer, CompletionResult, DefaultHinter, Emacs, FileBackedHistory, KeyCode,
    KeyModifiers, MenuBuilder, Prompt, PromptEditMode, PromptHistorySearch,
    PromptHistorySearchStatus, Reedline, ReedlineEvent, ReedlineMenu, Signal, Span, Suggestion,
    default_emacs_keybindings,
};

use super::{Answer, Session, complete};
use crate::{directory::Directory, duration};

const MENU: &str = "completions";
const LINES: usize = 2_000;

/// Reads lines with an editor until the session ends.
pub fn run(mut session: Session) -> anyhow::Result<ExitCode> {
    let shared = Arc::new(Mutex::new(session.directory().clone()));
    let mut editor = editor(Arc::clone(&shared));
    println!("{}", super::help::text());
    loop {
        let prompt = Line {
            account: session.account().unwrap_or("nobody").to_owned(),
            clock: duration::clock(session.elapsed()),
        };
        match editor.read_line(&prompt)? {
            Signal::Success(line) => match session.run(&line) {
                Answer::Said(text) if text.is_empty() => {}
                Answer::Said(text) | Answer::Refused(text) => println!("{text}"),
                Answer::Quit => break,
            },
            Signal::CtrlC => {}
            _ => break,
        }
        // `load` may have brought another deployment.
        if let Ok(mut directory) = shared.lock() {
            directory.clone_from(session.directory());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn editor(directory: Arc<Mutex<Directory>>) -> Reedline {
    let mut keys = default_emacs_keybindings();
    keys.add_binding(
        KeyModifiers::NONE,
        KeyCode::Tab,
        ReedlineEvent::UntilFound(vec![
            ReedlineEvent::Menu(MENU.to_owned()),
            ReedlineEvent::MenuNext,
        ]),
    );
    let menu = ColumnarMenu::default().with_name(MENU);
    let editor = Reedline::create()
        .with_completer(Box::new(Names { directory }))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_hinter(Box::new(DefaultHinter::default()))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_edit_mode(Box::new(Emacs::new(keys)));
    let history = history_file().and_then(|file| FileBackedHistory::with_file(LINES, file).ok());
    match history {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    }
}

/// `$XDG_STATE_HOME/ballast/history`, or below `~/.local/state`.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".local/state")))?;
    Some(state.join("ballast/history"))
}

struct Names {
    directory: Arc<Mutex<Directory>>,
}

impl Completer for Names {
    fn complete(&mut self, line: &str, pos: usize) -> CompletionResult {
        let typed = line.get(..pos).unwrap_or(line);
        let Ok(directory) = self.directory.lock() else {
            return CompletionResult::fresh(Vec::new());
        };
        let (start, names) = complete::complete(typed, &directory);
        let suggestions: Vec<_> = names
            .into_iter()
            .map(|value| Suggestion {
                value,
                span: Span::new(start, pos),
                ..Suggestion::default()
            })
            .collect();
        CompletionResult::fresh(suggestions)
    }
}

/// `teddy +3d 00:00:05 ›`.
struct Line {
    account: String,
    clock: String,
}

impl Prompt for Line {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.account, self.clock))
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed(" › ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("… ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let found = match search.status {
            PromptHistorySearchStatus::Passing => "",
            PromptHistorySearchStatus::Failing => "not ",
        };
        Cow::Owned(format!("({found}found: {}) ", search.term))
    }
}
