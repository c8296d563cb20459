//! The whole way with providers that others have written, on loopback: npm's `oidc-provider`, run by node, and Django
//! OAuth Toolkit, run by Python. The two share no code.
//!
//! Skipped by name where node or `e2e/provider/node_modules` is absent (`npm ci` there), or `e2e/provider-django/venv`
//! (`python3 -m venv venv && venv/bin/pip install -r requirements.txt` there); demanded when `CI=true`.

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use indgang_model::{Sensitive, SystemClock};
use indgang_portal::identity::{Provider, Settings};
use indgang_portal::{PortalState, router, sample_house};
use indgang_service::House;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const SECRET: &str = "a-secret-for-one-test";

/// A browser that goes no further than it is told: it keeps cookies by host and path, and follows no redirect.
struct Browser {
    client: Client<HttpConnector, Full<Bytes>>,
    cookies: BTreeMap<(String, String, String), String>,
    status: u16,
    location: String,
    page: String,
}

impl Browser {
    fn new() -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, cookies: BTreeMap::new(), status: 0, location: String::new(), page: String::new() }
    }

    async fn ask(&mut self, url: &str, form: Option<&str>) -> u16 {
        let url = openidconnect::url::Url::parse(url).unwrap();
        let host = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let sent =
            self.cookies.iter().filter(|((of, path, _), _)| *of == host && url.path().starts_with(path.as_str()));
        let sent: Vec<String> = sent.map(|((_, _, name), value)| format!("{name}={value}")).collect();
        let request = match form {
            Some(_) => {
                axum::http::Request::post(url.as_str()).header("content-type", "application/x-www-form-urlencoded")
            }
            None => axum::http::Request::get(url.as_str()),
        };
        let body = Full::new(Bytes::from(form.unwrap_or_default().to_owned()));
        let response =
            self.client.request(request.header("cookie", sent.join("; ")).body(body).unwrap()).await.unwrap();
        self.status = response.status().as_u16();
        let location = response.headers().get("location").map_or("", |l| l.to_str().unwrap());
        self.location = if location.is_empty() { String::new() } else { url.join(location).unwrap().to_string() };
        for cookie in response.headers().get_all("set-cookie") {
            let mut parts = cookie.to_str().unwrap().split(';').map(str::trim);
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            let path =
                parts.find_map(|part| part.to_ascii_lowercase().starts_with("path=").then(|| part[5..].to_owned()));
            let key = (host.clone(), path.unwrap_or_else(|| "/".to_owned()), name.to_owned());
            match value {
                "" => self.cookies.remove(&key),
                value => self.cookies.insert(key, value.to_owned()),
            };
        }
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        self.page = String::from_utf8_lossy(&bytes).into_owned();
        self.status
    }

    fn between<'a>(&'a self, before: &str, after: &str) -> &'a str {
        self.page.split(before).nth(1).and_then(|rest| rest.split(after).next()).unwrap_or_default()
    }
}

/// A provider that runs here.
#[derive(Clone, Copy)]
enum Kind {
    Node,
    Django,
}

impl Kind {
    /// What starts it, in its folder; or what is absent.
    fn command(self) -> Result<Command, &'static str> {
        let folder = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e").join(name);
        let (mut command, folder) = match self {
            Self::Node => {
                let folder = folder("provider");
                let node = Command::new("node").arg("--version").output().is_ok();
                if !node || !folder.join("node_modules/oidc-provider").is_dir() {
                    return Err("node, or `npm ci` in e2e/provider");
                }
                let mut command = Command::new("node");
                command.arg("provider.mjs");
                (command, folder)
            }
            Self::Django => {
                let folder = folder("provider-django");
                let python = folder.join("venv/bin/python");
                if !python.is_file() {
                    return Err("the packages of e2e/provider-django/requirements.txt in a venv there");
                }
                let mut command = Command::new(python);
                command.arg("provider.py");
                (command, folder)
            }
        };
        command.current_dir(folder);
        Ok(command)
    }
}

/// The provider's process; it ends with its standard input.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Place {
    browser: Browser,
    portal: String,
    issuer: String,
    _provider: Running,
    _folder: tempfile::TempDir,
}

impl Place {
    /// `None` when there is no provider to be had on this machine.
    async fn new(kind: Kind, test: &str) -> Option<Self> {
        let mut command = match kind.command() {
            Ok(command) => command,
            Err(absent) => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "CI demands {absent}");
                eprintln!("SKIPPED {test}: there is no {absent}");
                return None;
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let portal = format!("http://{}", listener.local_addr().unwrap());
        let redirect = format!("{portal}/sign-in/callback");
        let mut child = command
            .args([&redirect, &format!("{portal}/back-channel-logout")])
            .env("CLIENT_SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let provider_process = Running(child);
        let mut lines = lines.skip_while(|line| !line.starts_with("http"));
        let issuer = lines.next().expect("the provider says its issuer");
        // Its pipe stays open: what it says later must not end it.
        std::thread::spawn(move || lines.for_each(drop));

        let settings = format!(
            r#"
            issuer = "{issuer}"
            client_id = "indgang"
            client_secret_env = "SECRET"
            redirect_url = "{redirect}"
            claims = {{ user = "sub", organisation = "org", profession = "profession", on_responsibility_of = "chief", cpr = "cpr" }}
            role = [
                {{ value = "geneticist", role = "laboratory_geneticist" }},
                {{ value = "doctor", role = "authorised_health_professional" }},
                {{ value = "citizen", role = "citizen" }},
            ]
            "#
        );
        let settings: Settings = toml::from_str(&settings).unwrap();
        let provider = Provider::new(settings, Sensitive::new(SECRET.to_owned())).unwrap();
        let data = tempfile::tempdir().unwrap();
        let house = House::open(data.path(), [7; 32]).await.unwrap();
        sample_house::furnish(&house, &SystemClock).await.unwrap();
        let state = PortalState::with_provider(house, Arc::new(SystemClock), provider);
        tokio::spawn(async move { axum::serve(listener, router(state)).await });
        Some(Self { browser: Browser::new(), portal, issuer, _provider: provider_process, _folder: data })
    }

    async fn get(&mut self, path: &str) -> u16 {
        let url = format!("{}{path}", self.portal);
        self.browser.ask(&url, None).await
    }

    async fn post(&mut self, path: &str, fields: &str) -> u16 {
        let fields = format!("csrf={}&{fields}", self.browser.between("name=\"csrf\" value=\"", "\""));
        let url = format!("{}{path}", self.portal);
        self.browser.ask(&url, Some(&fields)).await
    }

    /// From the portal's button, or any address of the provider, to the address it sends the browser back to.
    async fn there_and_back(&mut self, person: &str) -> String {
        for _ in 0..10 {
            let back = self.browser.location.clone();
            if back.starts_with(&self.portal) {
                return back;
            }
            self.browser.ask(&back, None).await;
            if self.browser.status == 200 {
                self.prove(person).await;
            }
            assert!(self.browser.status < 400, "{}: {}", self.browser.status, self.browser.page);
        }
        panic!("the provider sends the browser nowhere")
    }

    /// Fills in the provider's form.
    async fn prove(&mut self, person: &str) {
        let action = self.browser.between("action=\"", "\"").to_owned();
        let url = openidconnect::url::Url::parse(&self.issuer).unwrap().join(&action).unwrap();
        let fields = format!("prompt=login&login={person}&password=x");
        self.browser.ask(url.as_str(), Some(&fields)).await;
    }

    /// True when the provider refuses an address, at once or after it has seen who asks.
    async fn refuses(&mut self, address: &str) -> bool {
        self.browser.ask(address, None).await;
        for _ in 0..5 {
            let (status, location) = (self.browser.status, self.browser.location.clone());
            if status >= 400 || location.contains("error=") {
                return true;
            }
            if location.starts_with(&self.portal) {
                return false;
            }
            match status {
                200 => self.prove("laboratory").await,
                _ => {
                    self.browser.ask(&location, None).await;
                }
            }
        }
        false
    }

    async fn sign_in(&mut self, person: &str) -> u16 {
        self.browser.cookies.clear();
        self.get("/sign-in").await;
        assert_eq!(self.post("/sign-in", "").await, 303);
        let back = self.there_and_back(person).await;
        self.browser.ask(&back, None).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_provider_signs_in_steps_up_and_logs_out() {
    let Some(mut place) = Place::new(Kind::Node, "a_real_provider_signs_in_steps_up_and_logs_out").await else {
        return;
    };
    let used = signs_in_and_steps_up(&mut place).await;

    // The provider's own logout reaches the portal by the back channel.
    let logout = format!("{}/session/end", place.issuer);
    place.browser.ask(&logout, None).await;
    let xsrf = place.browser.between("name=\"xsrf\" value=\"", "\"").to_owned();
    assert!(!xsrf.is_empty(), "{}", place.browser.page);
    let confirm = format!("{}/session/end/confirm", place.issuer);
    place.browser.ask(&confirm, Some(&format!("xsrf={xsrf}&logout=yes"))).await;
    assert_eq!(place.get("/cases").await, 303, "logged out");
    place.browser.cookies = used;
    assert_eq!(place.get("/cases").await, 200, "another's session is not hers to end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_real_provider_signs_in_and_steps_up() {
    let Some(mut place) = Place::new(Kind::Django, "another_real_provider_signs_in_and_steps_up").await else { return };
    signs_in_and_steps_up(&mut place).await;
}

/// The cookies of the laboratory's session.
async fn signs_in_and_steps_up(place: &mut Place) -> BTreeMap<(String, String, String), String> {
    let case = format!("/cases/{}", sample_house::CASE);
    assert_eq!(place.sign_in("laboratory").await, 303);
    assert_eq!(place.get(&case).await, 200);
    assert!(place.browser.page.contains("Gry Genetiker") && place.browser.page.contains("FGFR2"));
    let used = place.browser.cookies.clone();

    // Who has no role, or is a citizen of whom the house knows nothing, gets no session.
    for person in ["stranger", "unknown"] {
        assert_eq!(place.sign_in(person).await, 403, "{person}");
        assert_eq!(place.get("/cases").await, 303, "{person}");
    }
    assert_eq!(place.sign_in("asta").await, 303);
    assert_eq!(place.get("/my/log").await, 200);
    assert!(place.browser.page.contains("Gry Genetiker"));

    // A step-up asks for the password again, though the provider's own session runs.
    assert_eq!(place.sign_in("clinician").await, 303);
    let glass = format!("{case}/glass");
    assert_eq!(place.get(&glass).await, 303);
    let step_up = place.browser.location.strip_prefix(&place.portal).unwrap().to_owned();
    place.get(&step_up).await;
    assert_eq!(place.post("/step-up", &format!("to={glass}")).await, 303);
    let back = place.there_and_back("clinician").await;
    assert_eq!(place.browser.ask(&back, None).await, 303);
    assert!(place.browser.location.ends_with(&glass), "{}", place.browser.location);
    assert_eq!(place.get(&glass).await, 200);
    used
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_provider_refuses_what_is_changed_on_the_way() {
    let test = "a_real_provider_refuses_what_is_changed_on_the_way";
    let Some(mut place) = Place::new(Kind::Node, test).await else { return };
    refuses_what_is_changed_on_the_way(&mut place).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_real_provider_refuses_what_is_changed_on_the_way() {
    let test = "another_real_provider_refuses_what_is_changed_on_the_way";
    let Some(mut place) = Place::new(Kind::Django, test).await else { return };
    refuses_what_is_changed_on_the_way(&mut place).await;
}

async fn refuses_what_is_changed_on_the_way(place: &mut Place) {
    // On the way there: what the provider must not accept.
    for (what, from, to) in [
        ("another redirect URI", "sign-in%2Fcallback", "sign-in%2Felsewhere"),
        ("no PKCE", "code_challenge", "no_challenge"),
        ("another client", "client_id=indgang", "client_id=other"),
    ] {
        place.browser.cookies.clear();
        place.get("/sign-in").await;
        place.post("/sign-in", "").await;
        let changed = place.browser.location.replace(from, to);
        assert_ne!(changed, place.browser.location, "{what}");
        assert!(place.refuses(&changed).await, "{what}: {} {}", place.browser.status, place.browser.location);
        assert_eq!(place.get("/cases").await, 303, "{what}");
    }
    // A code that was bound to another's verifier: another browser's attempt, with the first one's code.
    place.browser.cookies.clear();
    place.get("/sign-in").await;
    place.post("/sign-in", "").await;
    let stolen = place.there_and_back("laboratory").await;
    let code = stolen.split("code=").nth(1).and_then(|rest| rest.split('&').next()).unwrap().to_owned();
    place.browser.cookies.clear();
    place.get("/sign-in").await;
    place.post("/sign-in", "").await;
    let sent = openidconnect::url::Url::parse(&place.browser.location).unwrap();
    let state = sent.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    assert_eq!(place.get(&format!("/sign-in/callback?code={code}&state={state}")).await, 403, "another's code");
    assert_eq!(place.get("/cases").await, 303);
    // An honest answer, twice.
    place.browser.cookies.clear();
    place.get("/sign-in").await;
    place.post("/sign-in", "").await;
    let back = place.there_and_back("laboratory").await;
    let attempt = place.browser.cookies.clone();
    assert_eq!(place.browser.ask(&back, None).await, 303);
    place.browser.cookies = attempt;
    assert_eq!(place.browser.ask(&back, None).await, 403, "a replayed answer");
}
