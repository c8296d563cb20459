//! Who acts for an adult by law, entered and ended at the command line.

use crate::workshop::Workshop;

fn office(person: &str, holder: &str, kind: &str, matters: &str, rest: &str) -> String {
    format!(
        "person = \"{person}\"\nholder = \"{holder}\"\nkind = \"{kind}\"\nmatters = [{matters}]\n\
         from = \"2026-01-01T00:00:00Z\"\nevidence = \"Familieretshuset, 2025-12-20\"\n{rest}"
    )
}

#[test]
fn a_guardian_is_entered_on_evidence_and_ended() {
    const ENTER: &str = "guardian enter office.toml --data house --operator admin";
    let workshop = Workshop::new();
    workshop.run("demo --data house --no-serve").succeeded();
    let good = office("HG003", "HG004", "guardian", "\"personal\", \"health\"", "");
    let kin = |rest| office("HG003", "HG004", "next_of_kin", "\"health\"", rest);
    for (text, parts) in [
        (good.replace("HG004", "nobody"), &["`office.toml` was not entered", "no person `nobody`"][..]),
        (good.replace("HG003", "HG004"), &["nobody acts for herself"]),
        (good.replace("Familieretshuset, 2025-12-20", " "), &["nothing says what it is entered on", "`evidence`"]),
        (good.replace("\"guardian\"", "\"friend\""), &["`office.toml` does not say who acts for whom", "friend"]),
        (good.replace("\"personal\", \"health\"", ""), &["covers no matters"]),
        (good.replace("\"guardian\"", "\"co_guardian\""), &["co-guardian", "`financial` only"]),
        (kin(""), &["at most 366 days", "`until`"]),
        (kin("until = \"2025-01-01T00:00:00Z\""), &["end before it begins"]),
        (kin("unknown = 1"), &["unknown field"]),
    ] {
        workshop.write("office.toml", &text);
        workshop.run(ENTER).refused_with(parts);
    }
    workshop.write("office.toml", &good);
    let entered = workshop.run(ENTER).succeeded();
    assert!(
        entered.out.contains("`HG004` acts for `HG003`") && entered.out.contains("Værgemålsloven § 5"),
        "{}",
        entered.out
    );
    workshop.run(ENTER).refused_with(&["`office.toml` was not entered"]);
    workshop.write("office.toml", office("HG003", "HG004", "co_guardian", "\"financial\"", ""));
    assert!(workshop.run(ENTER).succeeded().out.contains("opens nothing here"));
    let end = "guardian end HG003 HG004 --data house --operator admin";
    let ended = workshop.run(end).succeeded();
    assert!(ended.out.contains("`HG004` acts no more for `HG003`") && ended.out.contains("(2 ended)"), "{}", ended.out);
    workshop.run(end).refused_with(&["nothing was ended", "`HG004` acts for `HG003`"]);
    workshop.run("guardian end HG003 nobody --data house").refused_with(&["no person `nobody`"]);
    workshop.run("guardian end HG003 HG004 --data nowhere").refused_with(&["`nowhere`"]);
    let log = workshop.run("verify-log --data house").succeeded();
    assert!(log.out.ends_with("the log is whole\n"), "{}", log.out);
}
