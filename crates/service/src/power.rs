//! Powers of attorney: who may read for whom.
//!
//! Who is to have one makes a code and gives it to the person, who enters it. So nobody learns from the house whom it
//! knows, and nobody is given a power she did not ask for.

use crate::{Error, Session, ask, choose};
use indgang_gate::Activity;
use indgang_gate::ledger::{Draft, Statement};
use indgang_model::{Category, Clock, PersonId, Sensitive};
use indgang_store::{House, powers};
use jiff::SignedDuration;

/// For how many days a code can be used.
pub const CODE_DAYS: i64 = 7;

/// Letters and digits of a code that are not mistaken for one another, 32 of them.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Makes a code by which the one who is signed in can be given power of attorney, once, and then is named to who gives
/// it. `random` is 32 secret random bytes; the code has 75 bits of them.
///
/// # Errors
/// [`Error::Refused`], or when the store fails.
pub async fn offer_to_hold_power(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    random: [u8; 32],
) -> Result<Sensitive<String>, Error> {
    let now = clock.now();
    let own = session.person().cloned();
    let request = ask::request(session, Activity::ReadChoices, [Category::Wish], own.clone(), None, now);
    let (grant, _) = ask::read(house.passage().await?, &request).await?;
    let letters: Vec<char> = random.iter().take(15).map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let expires = now.saturating_add(SignedDuration::from_hours(24 * CODE_DAYS)).unwrap_or(now);
    let code: String = letters.iter().collect();
    if let Some(own) = &own {
        powers::offer(house, &grant, own, &code, (now, expires)).await?;
    }
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Ok(Sensitive::new(groups.join("-")))
}

/// Gives the one whose code it is power of attorney to read for the person; it is taken back like every choice. The
/// numbers of the entries. The code is used up.
///
/// # Errors
/// [`Error::Refused`], [`Error::NoSuchCode`], [`Error::Choice`] when it is her own, or when the store fails.
pub async fn give_power_of_attorney(
    house: &House,
    clock: &dyn Clock,
    session: &Session,
    person: &PersonId,
    code: &str,
) -> Result<Vec<u64>, Error> {
    let now = clock.now();
    let code: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase();
    let mut passage = house.passage().await?;
    let request = ask::request(session, Activity::SetChoices, [Category::Wish], [person.clone()], None, now);
    let facts = passage.facts(&request).await?;
    let mut logged = ask::log(passage, &request, &facts).await?;
    let mut said = Err(Error::NoSuchCode);
    if let Some(mut writer) = logged.writer().await?
        && let Some(holder) = writer.accept_offer(person, &code, now).await?
    {
        let ledger = writer.ledger(person).await?;
        let draft = Draft::from(Statement::PowerOfAttorney(holder), now);
        said = choose::write(&mut writer, ledger, vec![draft], session, now).await?.map_err(Error::from);
    }
    ask::answer(logged.commit(now).await?)?;
    said
}
