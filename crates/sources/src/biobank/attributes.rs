//! The attributes of MIABIS and the values of its lists.

/// What is read of a sample, its donor and an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    SampleId,
    SampleType,
    Storage,
    Created,
    SiteOntology,
    SiteCode,
    SiteDescription,
    SiteText,
    Diagnosis,
    Use,
    SampleSource,
    CollectionId,
    DonorId,
    EventDate,
    Age,
    AgeUnit,
}

/// Codes and names, without signs and in small letters.
const NAMES: [(Attribute, &[&str]); 16] = [
    (Attribute::SampleId, &["miabissample01", "sampleid"]),
    (Attribute::SampleType, &["miabissample02", "sampletype", "detailedsampletype"]),
    (Attribute::Storage, &["miabissample03", "samplestoragetemperature", "storagetemperature"]),
    (Attribute::Created, &["miabissample04", "samplecreationdateandtime", "samplecreationdate"]),
    (Attribute::SiteOntology, &["miabissample0501", "anatomicalsiteontology"]),
    (Attribute::SiteCode, &["miabissample0503", "anatomicalsiteontologycode"]),
    (Attribute::SiteDescription, &["miabissample0504", "anatomicalsiteontologydescription"]),
    (Attribute::SiteText, &["miabissample0505", "anatomicalsitefreetext", "anatomicalsite"]),
    (Attribute::Diagnosis, &["miabissample10", "samplecontentdiagnosis"]),
    (Attribute::Use, &["miabissample11", "useaccessconditions", "useandaccessconditions"]),
    (Attribute::SampleSource, &["miabissample12", "samplesource"]),
    (Attribute::CollectionId, &["miabiscollection01", "collectionid"]),
    (Attribute::DonorId, &["miabissampledonor01", "sampledonorid", "donorid"]),
    (Attribute::EventDate, &["miabisevent02", "eventdateandtime", "eventdate"]),
    (Attribute::Age, &["miabisevent03", "ageatevent"]),
    (Attribute::AgeUnit, &["miabisevent04", "ageateventunit"]),
];

impl Attribute {
    /// The attribute that a column or member is named by.
    pub fn named(name: &str) -> Option<Self> {
        let plain = plain(name);
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(attribute, _)| *attribute)
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The code of MIABIS on FHIR for a sample type, with its name in MIABIS, by either.
pub fn sample_type(words: &str) -> Option<(&'static str, &'static str)> {
    let wanted = plain(words);
    SAMPLE_TYPES.iter().find(|(code, name)| plain(code) == wanted || plain(name) == wanted).copied()
}

/// The code of MIABIS on FHIR for a storage temperature, by MIABIS's words or the code.
pub fn storage(words: &str) -> Option<&'static str> {
    let tight: String = words.to_lowercase().chars().filter(|c| !c.is_whitespace() && *c != '°' && *c != 'c').collect();
    let tight = tight.replace('−', "-");
    match tight.as_str() {
        "rt" | "roomtemperature" | "rt(roomtemperature)" => Some("RT"),
        "2to10" => Some("2to10"),
        "-18to-35" => Some("-18to-35"),
        "-60to-85" => Some("-60to-85"),
        "ln" => Some("LN"),
        "other" => Some("Other"),
        _ if tight.starts_with("liquidnitrogen") => Some("LN"),
        _ => None,
    }
}

const SAMPLE_TYPES: [(&str, &str); 64] = [
    ("AmnioticFluid", "Amniotic fluid"),
    ("AscitesFluid", "Ascites fluid"),
    ("Bile", "Bile"),
    ("BodyCavityFluid", "Body cavity fluid"),
    ("Bone", "Bone"),
    ("BoneMarrowAspirate", "Bone marrow aspirate"),
    ("BoneMarrowPlasma", "Bone marrow plasma"),
    ("BoneMarrowWhole", "Bone marrow, whole"),
    ("BreastMilk", "Breast milk"),
    ("BronchLavage", "Bronchoalveolar lavage"),
    ("BuffyCoat", "Buffy Coat"),
    ("CancerCellLine", "Cancer cell lines"),
    ("CerebrospinalFluid", "Cerebrospinal fluid"),
    ("CordBlood", "Cord blood"),
    ("DentalPulp", "Dental pulp"),
    ("DNA", "DNA"),
    ("Embryo", "Embryo"),
    ("EntireOrgan", "Entire body organ"),
    ("Faeces", "Faeces"),
    ("FetalTissue", "Fetal tissue"),
    ("Fibroblast", "Fibroblasts"),
    ("FoodSpecimen", "Food specimen"),
    ("Gas", "Gas, exhaled (=breath)"),
    ("GastricFluid", "Gastric fluid"),
    ("Hair", "Hair"),
    ("ImmortalizedCellLine", "Immortalized cell lines"),
    ("IsolatedMicrobe", "Isolated microbes"),
    ("IsolatedExosome", "Isolated or enriched exosomes"),
    ("IsolatedTumorCell", "Isolated Tumor Cell (neoplastic cell)"),
    ("LiquidBiopsy", "Liquid Biopsy"),
    ("MenstrualBlood", "Menstrual blood"),
    ("Nail", "Nail"),
    ("NasalWashing", "Nasal washing"),
    ("Organoid", "Organoids"),
    ("Other", "Other"),
    ("PericardialFluid", "Pericardial fluid"),
    ("PBMC", "Peripheral blood mononuclear cells (PBMC)"),
    ("Placenta", "Placenta"),
    ("Plasma", "Plasma"),
    ("PleuralFluid", "Pleural fluid"),
    ("PostMortemTissue", "Post-mortem tissue"),
    ("PrimaryCells", "Primary cells"),
    ("Protein", "Protein"),
    ("RedBloodCells", "Red blood cells"),
    ("RNA", "RNA"),
    ("Saliva", "Saliva"),
    ("Semen", "Semen"),
    ("Serum", "Serum"),
    ("SpecimenEnvironment", "Specimen from environment"),
    ("Sputum", "Sputum"),
    ("StemCells", "Stem cells (and iPS cells)"),
    ("Swab", "Swab"),
    ("Sweat", "Sweat"),
    ("SynovialFluid", "Synovial fluid"),
    ("Tears", "Tears"),
    ("Teeth", "Teeth"),
    ("TissueFixed", "Tissue (fixed)"),
    ("TissueFreshFrozen", "Tissue (fresh frozen)"),
    ("UmbilicalCord", "Umbilical cord"),
    ("Urine", "Urine"),
    ("UrineSediment", "Urine sediment"),
    ("VitreousFluid", "Vitreous fluid"),
    ("WholeBlood", "Whole blood"),
    ("WholeBloodDried", "Whole blood, dried (e.g. Guthrie cards)"),
];
