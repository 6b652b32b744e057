//! SCIM sources: identity providers that write people and groups, each with tokens that open nothing else.

mod groups;
mod taking_in;
mod users;

use domain::{
    Error as Refusal, Id, Kind, Timestamp,
    actor::Actor,
    operator::Permission,
    scim::{self, MOST_TOKENS, Source, SourceId, Token, TokenId},
};
use serde_json::json;
use store::Tx;
use zeroize::Zeroizing;

pub use groups::{Group, change_group, create_group, delete_group, find_groups, one_group, replace_group};
pub use users::{User, change_user, create_user, delete_user, find_users, one_user, replace_user};

use super::{Error, Result, activity};
use crate::{
    app::Shared,
    secrets::{random, random_token, token_sha256},
};

/// How a token begins: who finds one knows what it is.
const PREFIX: &str = "sceau-scim-";
/// Sources at most.
const SOURCES: usize = 20;
/// Tokens of a source that are shown, revoked ones included.
const SHOWN: u32 = 50;
/// User names of people who left that are shown.
const GONE_SHOWN: u32 = 50;
/// Seconds after which it is noted again that a token is in use.
const NOTED_SECONDS: i64 = 60;

/// A source as it is wanted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceForm {
    /// Its name.
    pub name: String,
    /// Whether it takes over people who were made by hand and bear the same user name.
    #[serde(default)]
    pub adopts: bool,
}

/// A token that was made; it is shown this once.
pub struct FreshToken {
    /// What the source shows.
    pub token: Zeroizing<String>,
    /// What is known of it.
    pub known: Token,
}

/// A source with what depends on it.
#[derive(Clone, Debug)]
pub struct SourceStory {
    /// The source.
    pub source: Source,
    /// Its tokens, the newest first.
    pub tokens: Vec<Token>,
    /// How many people it wrote and hasn't deleted.
    pub people: i64,
    /// How many of those aren't active.
    pub inactive: i64,
    /// Whom it deleted: user names, the first of them.
    pub gone: Vec<String>,
    /// How many those are.
    pub gone_count: i64,
    /// How many groups it wrote and hasn't deleted.
    pub groups: usize,
}

/// What was found, of how many in all.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// How many there are.
    pub total: u64,
    /// Those that were asked for.
    pub page: Vec<T>,
}

impl<T> Found<T> {
    /// Of everything that was found, so many behind the first `skipped`.
    fn of(all: Vec<T>, skipped: u32, count: u32) -> Self {
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let (skipped, count) = (usize::try_from(skipped), usize::try_from(count));
        let page = all.into_iter().skip(skipped.unwrap_or(usize::MAX));
        Self {
            total,
            page: page.take(count.unwrap_or(usize::MAX)).collect(),
        }
    }
}

/// All sources by name, each with when it last showed a token.
pub async fn list_sources(app: &Shared, actor: &Actor) -> Result<Vec<(Source, Option<Timestamp>)>> {
    actor.require(Permission::Read)?;
    app.store
        .read(|tx| {
            Box::pin(async move {
                let used = store::scim::last_used(tx).await?;
                let at = |id: &SourceId| used.iter().find(|(used, _)| used == id).map(|(_, at)| *at);
                let all = store::scim::all(tx).await?;
                let with_use = |source: Source| {
                    let at = at(&source.id);
                    (source, at)
                };
                Ok(all.into_iter().map(with_use).collect())
            })
        })
        .await
}

/// One source.
pub async fn one_source(app: &Shared, actor: &Actor, id: &SourceId) -> Result<SourceStory> {
    actor.require(Permission::Read)?;
    let id = id.clone();
    app.store
        .read(move |tx| {
            Box::pin(async move {
                let source = existing(tx, &id).await?;
                let (gone_count, gone) = store::scim::people::gone(tx, &id, GONE_SHOWN).await?;
                Ok(SourceStory {
                    source,
                    tokens: store::scim::tokens(tx, &id, SHOWN).await?,
                    people: store::scim::people::count(tx, &id).await?,
                    inactive: store::scim::people::count_inactive(tx, &id).await?,
                    gone,
                    gone_count,
                    groups: store::scim::groups::of_source(tx, &id).await?.len(),
                })
            })
        })
        .await
}

/// Adds a source, with its first token.
pub async fn add_source(app: &Shared, actor: &Actor, form: &SourceForm) -> Result<(Source, FreshToken)> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let source = Source {
        id: app.fresh_id(),
        name: scim::source_name(&form.name)?,
        adopts: form.adopts,
        created_at: now,
        updated_at: now,
    };
    let fresh = fresh_token(&source.id, now);
    let mut entry = activity::entry(actor, now, "scim-source.add", ("scim_source", source.id.as_str()));
    entry.after = activity::written(&shown(&source));
    let (made, token, sha256) = (source.clone(), fresh.known.clone(), token_sha256(&fresh.token));
    app.store
        .write(move |tx| {
            let (source, token, sha256, entry) = (made.clone(), token.clone(), sha256.clone(), entry.clone());
            Box::pin(async move {
                let known = store::scim::all(tx).await?;
                if known.len() >= SOURCES {
                    let detail = format!("there are {SOURCES} SCIM sources, which is the most");
                    let refusal = Refusal::new(Kind::Conflict, "error-scim-too-many", detail);
                    return Err(refusal.with("max", SOURCES.to_string()).into());
                }
                refuse_taken(&known, &source)?;
                store::scim::insert(tx, &source).await?;
                store::scim::add_token(tx, &token, &sha256).await?;
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok((source, fresh))
}

/// Changes a source.
pub async fn change_source(app: &Shared, actor: &Actor, id: &SourceId, form: &SourceForm) -> Result<Source> {
    actor.require(Permission::Configure)?;
    let (now, name, adopts) = (app.now(), scim::source_name(&form.name)?, form.adopts);
    let (id, actor) = (id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, name, actor) = (id.clone(), name.clone(), actor.clone());
            Box::pin(async move {
                let before = existing(tx, &id).await?;
                let source = Source {
                    name,
                    adopts,
                    updated_at: now,
                    ..before.clone()
                };
                refuse_taken(&store::scim::all(tx).await?, &source)?;
                store::scim::update(tx, &source).await?;
                let mut entry =
                    activity::entry(&actor, now, "scim-source.change", ("scim_source", id.as_str()));
                entry.before = activity::written(&shown(&before));
                entry.after = activity::written(&shown(&source));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(source)
            })
        })
        .await
}

/// Removes a source with its tokens. Its people and groups stay, as if made by hand; whoever of them may not enrol has
/// nothing left to enrol with.
pub async fn remove_source(app: &Shared, actor: &Actor, id: &SourceId) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (now, id, actor) = (app.now(), id.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, actor) = (id.clone(), actor.clone());
            Box::pin(async move {
                let source = existing(tx, &id).await?;
                store::scim::people::disarm(tx, &id, now).await?;
                store::scim::delete(tx, &id).await?;
                let mut entry =
                    activity::entry(&actor, now, "scim-source.remove", ("scim_source", id.as_str()));
                entry.before = activity::written(&shown(&source));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await
}

/// Makes another token, so that the one before can be revoked once the identity provider shows this one.
pub async fn make_token(app: &Shared, actor: &Actor, id: &SourceId) -> Result<FreshToken> {
    actor.require(Permission::Configure)?;
    let now = app.now();
    let fresh = fresh_token(id, now);
    let (token, sha256, actor) = (fresh.known.clone(), token_sha256(&fresh.token), actor.clone());
    app.store
        .write(move |tx| {
            let (token, sha256, actor) = (token.clone(), sha256.clone(), actor.clone());
            Box::pin(async move {
                let source = existing(tx, &token.source_id).await?;
                let good = store::scim::good_tokens(tx, &source.id).await?;
                if usize::try_from(good).unwrap_or(usize::MAX) >= MOST_TOKENS {
                    let detail = format!("{MOST_TOKENS} tokens of this source are good: revoke one first");
                    let refusal = Refusal::new(Kind::Conflict, "error-scim-tokens", detail);
                    return Err(refusal.with("max", MOST_TOKENS.to_string()).into());
                }
                store::scim::add_token(tx, &token, &sha256).await?;
                let target = ("scim_source", source.id.as_str());
                let mut entry = activity::entry(&actor, now, "scim-token.make", target);
                entry.after = activity::written(&json!({ "source": source.name, "token": token.id }));
                store::audit::append(tx, &entry).await?;
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(fresh)
}

/// Revokes a token: it opens nothing any more.
pub async fn revoke_token(app: &Shared, actor: &Actor, id: &SourceId, token: &TokenId) -> Result<()> {
    actor.require(Permission::Configure)?;
    let (now, id, token, actor) = (app.now(), id.clone(), token.clone(), actor.clone());
    app.store
        .write(move |tx| {
            let (id, token, actor) = (id.clone(), token.clone(), actor.clone());
            Box::pin(async move {
                let source = existing(tx, &id).await?;
                let known = store::scim::token(tx, &token).await?;
                known.filter(|known| known.source_id == id).ok_or_else(|| {
                    Refusal::new(Kind::NotFound, "error-not-found", "this source has no such token")
                })?;
                if store::scim::revoke(tx, &token, now).await? {
                    let target = ("scim_source", id.as_str());
                    let mut entry = activity::entry(&actor, now, "scim-token.revoke", target);
                    entry.before = activity::written(&json!({ "source": source.name, "token": token }));
                    store::audit::append(tx, &entry).await?;
                }
                Ok::<_, Error>(())
            })
        })
        .await
}

/// The source of a token, if the token is known and nobody revoked it.
pub async fn source_of(app: &Shared, token: &str) -> Result<Option<Source>> {
    if !token.starts_with(PREFIX) || token.len() > 256 {
        return Ok(None);
    }
    let (sha256, now) = (token_sha256(token), app.now());
    let found = app
        .store
        .read(move |tx| {
            let sha256 = sha256.clone();
            Box::pin(async move {
                let Some(token) = store::scim::token_by_sha256(tx, &sha256).await? else {
                    return Ok::<_, Error>(None);
                };
                let source = store::scim::by_id(tx, &token.source_id).await?;
                Ok(source.map(|source| (source, token)))
            })
        })
        .await?;
    let Some((source, token)) = found else {
        return Ok(None);
    };
    let is_old = |at: Timestamp| now.since(at) >= NOTED_SECONDS * 1000;
    if token.last_used_at.is_none_or(is_old) {
        app.store
            .write(move |tx| {
                let id = token.id.clone();
                Box::pin(async move {
                    // Somebody may have removed the source meanwhile.
                    if store::scim::token(tx, &id).await?.is_some() {
                        store::scim::note_use(tx, &id, now).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
    }
    Ok(Some(source))
}

/// The address that an identity provider is given.
pub fn address(app: &Shared) -> String {
    format!(
        "{}{}",
        app.settings.public_url.trim_end_matches('/'),
        crate::scim::BASE
    )
}

/// How the audit names the source.
fn actor(source: &Source) -> Actor {
    Actor::Scim {
        source: source.name.clone(),
    }
}

/// Where a request names the version that it changes, it must be the one that is there (RFC 7644 §3.14).
fn refuse_other_version(wanted: Option<i64>, version: i64) -> std::result::Result<(), Refusal> {
    match wanted {
        Some(wanted) if wanted != version => {
            let detail = "the resource changed meanwhile: it has another version";
            Err(Refusal::new(Kind::State, scim::KEY, detail))
        }
        _ => Ok(()),
    }
}

fn fresh_token(source: &SourceId, now: Timestamp) -> FreshToken {
    FreshToken {
        token: Zeroizing::new(format!("{PREFIX}{}", *random_token())),
        known: Token {
            id: Id::new(now, random()),
            source_id: source.clone(),
            created_at: now,
            last_used_at: None,
            revoked_at: None,
        },
    }
}

async fn existing(tx: &mut Tx, id: &SourceId) -> Result<Source> {
    let unknown = || Refusal::new(Kind::NotFound, "error-not-found", "there is no such SCIM source");
    Ok(store::scim::by_id(tx, id).await?.ok_or_else(unknown)?)
}

fn refuse_taken(known: &[Source], source: &Source) -> std::result::Result<(), Refusal> {
    if !known
        .iter()
        .any(|one| one.name == source.name && one.id != source.id)
    {
        return Ok(());
    }
    let detail = format!("there is a SCIM source “{}” already", source.name);
    let refusal = Refusal::new(Kind::Conflict, "error-name-taken", detail).at("name");
    Err(refusal.with("name", source.name.clone()))
}

fn shown(source: &Source) -> serde_json::Value {
    json!({ "name": source.name, "adopts": source.adopts })
}
