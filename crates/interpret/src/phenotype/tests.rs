//! Hand-worked values on a toy ontology, and properties that hold for any knowledge.
//!
//! 1 All ─ 118 Phenotypic abnormality ─ { 2 ─ {20, 21}, 3 ─ {30} }.
//! Four diseases: 1 {20 (1/2)}, 2 {21}, 3 {20, 30 (1/10)}, 4 {30; NOT 20}.

use indgang_knowledge::Mode;
use indgang_knowledge::phenotype::DiseaseAnnotations;
use proptest::prelude::*;

use super::*;

fn hpo() -> Hpo {
    let terms = [1, 118, 2, 3, 20, 21, 30];
    let edges = [(118, 1), (2, 118), (3, 118), (20, 2), (21, 2), (30, 3)];
    let url = |id: i32| format!("http://x/HP_{id:07}");
    let nodes: Vec<_> =
        terms.iter().map(|t| serde_json::json!({"id": url(*t), "lbl": format!("t{t}"), "type": "CLASS"})).collect();
    let edges: Vec<_> =
        edges.iter().map(|(a, b)| serde_json::json!({"sub": url(*a), "pred": "is_a", "obj": url(*b)})).collect();
    let json = serde_json::json!({"graphs": [{"nodes": nodes, "edges": edges}]});
    Hpo::from_obographs_json(json.to_string().as_bytes()).unwrap()
}

fn annotations(rows: &[(u32, &str, u32, &str, &str)]) -> DiseaseAnnotations {
    let text: String = rows
        .iter()
        .map(|(disease, qualifier, term, reference, frequency)| {
            format!(
                "OMIM:{disease}\td{disease}\t{qualifier}\tHP:{term:07}\t{reference}\tPCS\t\t{frequency}\t\t\tP\tx\n"
            )
        })
        .collect();
    DiseaseAnnotations::from_hpoa(&text).unwrap()
}

fn toy() -> DiseaseAnnotations {
    annotations(&[
        (1, "", 20, "PMID:7", "1/2"),
        (2, "", 21, "OMIM:2", "1/1"),
        (3, "", 20, "OMIM:3", "1/1"),
        (3, "", 30, "PMID:7", "1/10"),
        (4, "", 30, "OMIM:4", "1/1"),
        (4, "NOT", 20, "OMIM:4", ""),
    ])
}

/// Without genes and solved cases, with the measures for comparison.
fn plain<'k>(hpo: &'k Hpo, annotations: &'k DiseaseAnnotations) -> PhenotypeRanker<'k> {
    learning(hpo, annotations, &[])
}

fn learning<'k>(hpo: &'k Hpo, annotations: &'k DiseaseAnnotations, solved: &'k [SolvedCase]) -> PhenotypeRanker<'k> {
    let options = Options { compare: true, ..Options::default() };
    PhenotypeRanker::new(&Basis { hpo, annotations, genes: None, solved }, options)
}

fn query(observed: &[u32], excluded: &[u32]) -> Query {
    let ids = |ids: &[u32]| ids.iter().copied().map(HpoId).collect();
    Query { observed: ids(observed), excluded: ids(excluded), exclude_publications: Vec::new() }
}

fn omim(number: u32) -> DiseaseId {
    DiseaseId { database: DiseaseDatabase::Omim, number }
}

fn close(a: f32, b: f64) {
    assert!((f64::from(a) - b).abs() < 1e-5, "{a} is not {b}");
}

#[test]
fn information_content_and_resnik_by_hand() {
    let (hpo, toy) = (hpo(), toy());
    let ranker = plain(&hpo, &toy);
    // Term: diseases with it or a narrower one, of four.
    for (id, diseases) in [(1, 4.0), (118, 4.0), (2, 3.0), (3, 2.0), (20, 2.0), (21, 1.0), (30, 2.0)] {
        let index = hpo.current(HpoId(id)).unwrap();
        close(ranker.background.information[index.usize()], -f64::ln(diseases / 4.0));
    }
    // Signs 20 and 30. Disease 2 has 21, which meets 20 in 2 and 30 in 118.
    let ranking = ranker.rank(&query(&[20, 30], &[]));
    let (half, three_quarters) = (-f64::ln(0.5), -f64::ln(0.75));
    for (disease, resnik) in [(1, half / 2.0), (2, three_quarters / 2.0), (3, half), (4, half / 2.0)] {
        close(ranking.score_of(omim(disease)).unwrap().comparison.unwrap().resnik, resnik);
    }
    assert_eq!(ranking.scores()[0].disease, omim(3));
}

#[test]
fn cosine_and_presence_by_hand() {
    let (hpo, toy) = (hpo(), toy());
    let ranker = plain(&hpo, &toy);
    // What each term adds to its parents, from the shares 3/4 (2), 1/2 (3, 20, 30) and 1/4 (21).
    let (a2, a3, a20, a21) = (-f64::ln(0.75), -f64::ln(0.5), f64::ln(1.5), f64::ln(3.0));
    let ranking = ranker.rank(&query(&[20, 30], &[]));
    let own = (a2 + a20 + a3).sqrt();
    let half = -f64::ln(0.5);
    let root = 0.1f64.sqrt();
    for (disease, shared, length, present) in [
        (1, (a2 + a20) * 0.5f64.sqrt(), (0.5 * (a2 + a20)).sqrt(), half / 2.0),
        (2, a2, (a2 + a21).sqrt(), 0.0),
        (3, a2 + a20 + a3 * root, (a2 + a20 + 0.1 * a3).sqrt(), half),
        (4, a3, a3.sqrt(), half / 2.0),
    ] {
        let score = ranking.score_of(omim(disease)).unwrap();
        close(score.cosine, shared / own / length);
        close(score.present, present);
        let weights = Model::shipped().annotations.weights;
        let sum = weights.mention * f64::from(score.mention)
            + weights.cosine * f64::from(score.cosine)
            + weights.present * f64::from(score.present);
        assert!((score.combined - sum * 2f64.sqrt()).abs() < 1e-9);
    }
}

/// Information must exceed 2.5 to count, so the same shape stands among 96 diseases with a sign of another branch.
#[test]
fn phenodigm_by_hand() {
    let hpo = hpo();
    let mut rows: Vec<_> = (5..=100).map(|d| (d, "", 30, "", "")).collect();
    rows.extend([
        (1, "", 20, "", ""),
        (2, "", 21, "", ""),
        (3, "", 20, "", ""),
        (3, "", 30, "", ""),
        (4, "", 30, "", ""),
    ]);
    let knowledge = annotations(&rows);
    let ranker = plain(&hpo, &knowledge);
    let (own, narrow) = (-f64::ln(2.0 / 100.0), -f64::ln(3.0 / 100.0)); // information of 20 and of 2
    // 20 and 21 share 1, 118, 2 of five terms; 30 is too common to match anything, itself included.
    let cousin = (narrow * 3.0 / 5.0).sqrt();
    let (max, mean) = (own.sqrt(), (own.sqrt() + (-f64::ln(98.0 / 100.0)).sqrt()) / 2.0);
    let ranking = ranker.rank(&query(&[20, 30], &[]));
    for (disease, best, matched) in [(1, own.sqrt(), 1.0), (2, cousin, 1.0), (3, own.sqrt(), 1.0), (4, 0.0, 0.0)] {
        let average = 2.0 * best / (2.0 + matched);
        close(
            ranking.score_of(omim(disease)).unwrap().comparison.unwrap().phenodigm,
            f64::min(1.0, (best / max + average / mean) / 2.0),
        );
    }
}

#[test]
fn the_ratio_of_a_sign_by_hand() {
    let (hpo, toy) = (hpo(), toy());
    let ranker = plain(&hpo, &toy);
    // The lists: disease 1 {20}, 2 {21}, 3 {20 10/11, 30 1/11}, 4 {30}; their means over the four diseases:
    let (b20, b2, b30) = ((1.0 + 10.0 / 11.0) / 4.0, (2.0 + 10.0 / 11.0) / 4.0, (1.0 + 1.0 / 11.0) / 4.0);
    // Term 2 lies ln 1.5 of information above 20; 3 is as informative as 30; 118 and 1 say nothing.
    let above = f64::exp(-0.9 * f64::ln(1.5));
    let of_20 = |m20: f64, m2: f64| (0.1 + 0.9 * (m20 / b20 + above * m2 / b2) / (1.0 + above)).ln();
    let of_30 = |m30: f64| (0.1 + 0.9 * m30 / b30).ln();
    let ranking = ranker.rank(&query(&[20, 30], &[20]));
    for (disease, m20, m2, m30, shown) in [
        (1, 1.0, 1.0, 0.0, 0.5),
        (2, 0.0, 1.0, 0.0, 0.0),
        (3, 10.0 / 11.0, 10.0 / 11.0, 1.0 / 11.0, 1.0),
        (4, 0.0, 0.0, 1.0, 0.0),
    ] {
        let score = ranking.score_of(omim(disease)).unwrap();
        close(score.mention, (of_20(m20, m2) + of_30(m30)) / 2.0);
        close(score.excluded, f64::ln(1.0 - 0.9 * shown));
        let signs: f32 = ranking.explain(omim(disease)).iter().filter(|c| !c.excluded).map(|c| c.log_ratio).sum();
        close(signs, f64::from(score.mention) * 2.0);
    }
    let explained = ranking.explain(omim(3));
    assert_eq!((explained[0].sign, explained[0].matched), (HpoId(20), Some(HpoId(20))));
}

fn solved_case(disease: u32, observed: &[u32], pmid: u32) -> SolvedCase {
    SolvedCase {
        disease: omim(disease),
        label: "learnt".into(),
        gene: Some("GENE".into()),
        mode: Some(Mode::AutosomalRecessive),
        observed: observed.iter().copied().map(HpoId).collect(),
        source: CaseSource::Publication(Pmid(pmid)),
    }
}

#[test]
fn solved_cases_link_their_gene_to_their_disease() {
    let (hpo, toy) = (hpo(), toy());
    let cases = [solved_case(1, &[30], 50), solved_case(9, &[21], 51)];
    let basis = Basis { hpo: &hpo, annotations: &toy, genes: None, solved: &cases };
    let ranker = PhenotypeRanker::new(&basis, Options::default());
    for (publications, expected) in
        [(vec![], vec![1, 9]), (vec![50], vec![9]), (vec![51], vec![1]), (vec![50, 51], vec![]), (vec![52], vec![1, 9])]
    {
        let query = Query {
            observed: vec![HpoId(30)],
            exclude_publications: publications.iter().copied().map(Pmid).collect(),
            ..Query::default()
        };
        let ranking = ranker.rank(&query);
        let learnt = ranking.learnt_of("GENE");
        assert_eq!(learnt.iter().map(|l| l.id).collect::<Vec<_>>(), expected.into_iter().map(omim).collect::<Vec<_>>());
        assert!(learnt.iter().all(|l| l.modes == [Mode::AutosomalRecessive]), "{learnt:?}");
        assert_eq!(ranking.learnt_of("OTHER"), []);
    }
}

#[test]
fn solved_cases_teach_and_their_own_publication_is_left_out() {
    let (hpo, toy) = (hpo(), toy());
    let cases = [solved_case(1, &[30], 50), solved_case(9, &[21], 51), solved_case(9, &[21, 30], 52)];
    let ranker = learning(&hpo, &toy, &cases);
    let ranking = ranker.rank(&query(&[30], &[]));
    let first = ranking.score_of(omim(1)).unwrap();
    // Annotations count as one case: 20 in (0.5 + 0) of 2, 30 in 1 of 2.
    let frequency =
        |disease, sign| ranking.explain(omim(disease)).iter().find(|c| c.sign == HpoId(sign)).map(|c| c.frequency);
    assert_eq!((frequency(1, 30), first.nearest, first.solved), (Some(0.5), 1.0, 1.0));
    // A disease without annotations competes by its cases.
    assert_eq!((ranking.score_of(omim(9)).unwrap().solved, ranking.label(omim(9))), (2.0, Some("learnt")));
    let without =
        |pmids: &[u32]| Query { exclude_publications: pmids.iter().copied().map(Pmid).collect(), ..query(&[30], &[]) };
    let ranking = ranker.rank(&without(&[50, 51]));
    let first = ranking.score_of(omim(1)).unwrap();
    assert_eq!((first.present, first.nearest, first.solved), (0.0, 0.0, 0.0));
    assert_eq!(ranking.score_of(omim(9)).unwrap().solved, 1.0);
    assert!(ranker.rank(&without(&[51, 52])).score_of(omim(9)).is_none());
}

#[test]
fn a_long_series_counts_as_twenty_cases() {
    let (hpo, toy) = (hpo(), toy());
    let mut cases = vec![solved_case(1, &[20], 50); 100];
    cases.push(solved_case(1, &[30], 51));
    let solved = learning(&hpo, &toy, &cases).rank(&query(&[30], &[])).score_of(omim(1)).unwrap().solved;
    assert!((solved - 21.0).abs() < 1e-3, "{solved}");
}

#[test]
fn own_publication_is_left_out() {
    let (hpo, toy) = (hpo(), toy());
    let ranker = plain(&hpo, &toy);
    let all = query(&[20, 30], &[]);
    let without = Query { exclude_publications: vec![Pmid(7)], ..all.clone() };
    let ranking = ranker.rank(&without);
    // Disease 1 rests on it alone and no longer competes; disease 3 keeps one sign; the others do not change.
    assert_eq!(ranking.scores().len(), 3);
    assert!(ranking.score_of(omim(1)).is_none());
    close(ranking.score_of(omim(3)).unwrap().comparison.unwrap().resnik, -f64::ln(0.5) / 2.0);
    let before = ranker.rank(&all);
    for disease in [2, 4] {
        let (a, b) = (before.score_of(omim(disease)).unwrap(), ranking.score_of(omim(disease)).unwrap());
        assert_eq!((a.mention, a.cosine, a.present, a.comparison), (b.mention, b.cosine, b.present, b.comparison));
    }
    // A publication that nobody cites changes nothing.
    let other = Query { exclude_publications: vec![Pmid(8)], ..all };
    assert_eq!(ranker.rank(&other).scores(), before.scores());
}

#[test]
fn ties_share_the_average_place_and_beliefs_sum_to_one() {
    let (hpo, toy) = (hpo(), toy());
    let ranker = plain(&hpo, &toy);
    let ranking = ranker.rank(&query(&[], &[]));
    assert!(ranking.scores().iter().all(|s| s.rank == 2.5), "{:?}", ranking.scores());
    let sum: f64 = ranking.scores().iter().map(|s| s.posterior).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    let twins = annotations(&[(1, "", 20, "", ""), (2, "", 20, "", ""), (3, "", 30, "", "")]);
    let ranker = plain(&hpo, &twins);
    let ranks: Vec<f64> = ranker.rank(&query(&[20], &[])).scores().iter().map(|s| s.rank).collect();
    assert_eq!(ranks, [1.5, 1.5, 3.0]);
}

/// Eight terms over two branches, annotated at random.
fn any_rows() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
    let term = prop::sample::select(vec![2u32, 3, 20, 21, 30, 118]);
    prop::collection::vec((1..9u32, term, 0..5u32), 1..40)
}

fn knowledge(rows: &[(u32, u32, u32)]) -> DiseaseAnnotations {
    let frequencies = ["", "1/3", "HP:0040281", "100%", "2/7"];
    let rows: Vec<_> = rows.iter().map(|(d, t, f)| (*d, "", *t, "", frequencies[*f as usize])).collect();
    annotations(&rows)
}

proptest! {
    #[test]
    fn an_excluded_sign_never_raises_a_disease_that_shows_it(
        rows in any_rows(), observed in prop::collection::vec(prop::sample::select(vec![2u32, 3, 20, 21, 30]), 0..4),
        excluded in prop::sample::select(vec![2u32, 3, 20, 21, 30]),
    ) {
        let (hpo, knowledge) = (hpo(), knowledge(&rows));
        let ranker = plain(&hpo, &knowledge);
        let before = ranker.rank(&query(&observed, &[]));
        let after = ranker.rank(&query(&observed, &[excluded]));
        for old in before.scores() {
            let new = after.score_of(old.disease).unwrap();
            prop_assert!(new.combined <= old.combined);
            let shows = new.excluded < 0.0;
            prop_assert_eq!(shows, new.combined < old.combined);
        }
    }

    #[test]
    fn the_pass_over_lists_agrees_with_each_profile_by_itself(
        rows in any_rows(), signs in prop::collection::vec(prop::sample::select(vec![2u32, 3, 20, 21, 30]), 0..6),
    ) {
        let (hpo, knowledge) = (hpo(), knowledge(&rows));
        let ranker = plain(&hpo, &knowledge);
        let signs = Signs::new(&hpo, &query(&signs, &[]));
        let fits = fit::scan(&ranker, &signs.observed, &HashMap::new());
        for (disease, (fast, profile)) in fits.iter().zip(&ranker.profiles).enumerate() {
            let slow = fit::of(&ranker, &signs.observed, profile);
            let ratios = signs.observed.iter().map(|sign| mention::of(&ranker, *sign, disease, &HashMap::new()));
            let mention = ratios.sum::<f32>() / signs.observed.len().max(1) as f32;
            for (a, b) in [(fast.mention, mention), (fast.cosine, slow.cosine), (fast.present, slow.present)] {
                prop_assert!((a - b).abs() < 1e-5, "{fast:?} {slow:?}");
            }
        }
    }

    #[test]
    fn the_order_of_signs_and_repeats_do_not_matter(
        rows in any_rows(), signs in prop::collection::vec(prop::sample::select(vec![2u32, 3, 20, 21, 30]), 1..12),
    ) {
        let (hpo, knowledge) = (hpo(), knowledge(&rows));
        let ranker = plain(&hpo, &knowledge);
        let mut turned: Vec<u32> = signs.iter().rev().copied().collect();
        turned.push(signs[0]);
        let (a, b) = (ranker.rank(&query(&signs, &turned)), ranker.rank(&query(&turned, &signs)));
        prop_assert_eq!(a.scores(), b.scores());
    }
}
