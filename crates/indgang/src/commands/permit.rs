//! `indgang permit`: a permit to use data for research, statistics or planning, out of a file.

use super::house;
use crate::data_folder::HouseFolder;
use anyhow::Context as _;
use indgang_gate::{Scope, UserId};
use indgang_model::{Category, PermitId, Purpose, Role, Timestamp};
use indgang_service::{NewPermit, NewUser};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Arguments of `permit`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    house: HouseFolder,
    /// The permit as TOML: id, purpose, categories, from, until, members; site_permission, scope and users if need be
    file: PathBuf,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    purpose: Purpose,
    categories: BTreeSet<Category>,
    #[serde(default)]
    site_permission: bool,
    #[serde(default)]
    scope: Scope,
    from: Timestamp,
    until: Timestamp,
    members: BTreeSet<String>,
    /// Members whom the house does not know yet.
    #[serde(default)]
    users: Vec<Member>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    id: String,
    name: String,
    role: Role,
    organisation: String,
}

/// Enters the permit, or brings it up to date.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    let place = arguments.house.existing()?;
    let path = arguments.file.display();
    let text = std::fs::read_to_string(&arguments.file).with_context(|| format!("cannot read `{path}`"))?;
    let file: File = toml::from_str(&text).with_context(|| format!("`{path}` is not a permit"))?;
    anyhow::ensure!(file.from < file.until, "`{path}`: the permit ends before it begins; mend `from` or `until`");
    file.scope.check(indgang_lake::house::MINIMUM_CELL).with_context(|| format!("`{path}`: the scope"))?;
    let users: Vec<NewUser> = file.users.iter().map(user).collect();
    let permit = NewPermit {
        id: PermitId(file.id),
        purpose: file.purpose,
        categories: file.categories,
        site_permission: file.site_permission,
        scope: file.scope,
        from: file.from,
        until: file.until,
        members: file.members.into_iter().map(UserId).collect(),
    };
    house::runtime()?.block_on(async {
        let opened = house::open(&place).await?;
        let done = async {
            indgang_service::register_users(&opened, &users).await?;
            indgang_service::register_permit(&opened, &permit).await
        };
        let done = done.await;
        opened.close().await;
        done?;
        println!("permit `{}` is entered, for {} members", permit.id.0, permit.members.len());
        Ok(())
    })
}

fn user(member: &Member) -> NewUser {
    NewUser {
        id: UserId(member.id.clone()),
        display_name: member.name.clone(),
        role: member.role,
        person: None,
        profession: None,
        organisation: member.organisation.clone(),
        place: None,
        on_responsibility_of: None,
    }
}
