//! A mail's HTML, from the templates next to this file. Every value is escaped by the template engine.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{Environment, Output, State, context, escape_formatter};

use super::error::MailRenderError;
use super::frame::MailFrame;
use super::paper_card::MailPaperCard;
use super::section::MailSection;

/// The shipped templates. Their names end in `.html`, by which the engine knows that it must escape.
const TEMPLATES: [(&str, &str); 2] =
    [("page.html", include_str!("page.html")), ("paper.html", include_str!("paper.html"))];

/// Fills in papers; made once for a digest, as it reads the template.
pub(super) struct MailPaperTemplate(Environment<'static>);

impl MailPaperTemplate {
    pub(super) fn new() -> Result<Self, MailRenderError> {
        Ok(Self(template_environment()?))
    }

    /// One paper, as rows of its part's table.
    pub(super) fn render_paper(&self, card: &MailPaperCard) -> Result<String, MailRenderError> {
        Ok(self.0.get_template("paper.html")?.render(Serde(card))?)
    }
}

/// The whole document of one part. The papers in `blocks` are HTML already, from [`MailPaperTemplate::render_paper`].
pub(super) fn render_mail_html(frame: &MailFrame, blocks: &[MailSection]) -> Result<String, MailRenderError> {
    let environment = template_environment()?;
    let mail = Value::from(Serde(frame));
    let blocks = Value::from(Serde(blocks));
    Ok(environment.get_template("page.html")?.render(context! { mail, blocks })?)
}

fn template_environment() -> Result<Environment<'static>, MailRenderError> {
    let mut environment = Environment::new();
    let mut lines = SyntaxConfig::builder();
    environment.set_syntax(lines.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    environment.set_formatter(escape_html_except_slashes);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// Escapes as the engine does, but for the slash: it is harmless between tags and in quoted attributes, and
/// five bytes for each slash of each address are part of what a mail may weigh.
fn escape_html_except_slashes(
    out: &mut Output,
    state: &mut State,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let Some(text) = value.as_str().filter(|text| !value.is_safe() && text.contains('/')) else {
        return escape_formatter(out, state, value);
    };
    for (at, piece) in text.split('/').enumerate() {
        if at > 0 {
            out.write_str("/")?;
        }
        escape_formatter(out, state, &Value::from(piece))?;
    }
    Ok(())
}
