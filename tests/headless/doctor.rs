//! `lian doctor` from the outside: columns for eyes, one JSON object for programs, exit codes, both
//! languages, servers of every kind, and the key nowhere.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

use crate::fake::Fake;
use crate::run::{Done, KEY, Sim, World};

fn doctor(world: &World, origin: &str, args: &[&str]) -> Done {
    let done = world.run(world.command(origin).arg("doctor").args(args));
    assert!(!done.stdout.contains(KEY) && !done.stderr.contains(KEY), "{done:?}");
    done
}

fn object(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).expect("one JSON object")
}

fn check<'a>(object: &'a Value, name: &str) -> &'a Value {
    let checks = object["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["name"] == name).expect("a check of this name")
}

/// An answer to every request.
fn says(status: u16, headers: &str, body: &str) -> Fake {
    let length = body.len();
    Fake::saying(format!(
        "HTTP/1.1 {status} x\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    ))
}

const LIST: &str = r#"{"object":"list","data":[{"id":"qwen-plus"}]}"#;

#[test]
fn a_good_key_is_told_line_by_line_and_costs_nothing() {
    let world = World::new();
    let sim = Sim::saying("never");
    let done = doctor(&world, &sim.origin(), &[]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}", done.stdout);
    for line in [
        "Settings\n",
        "Key\n  ✓ key            From DASHSCOPE_API_KEY: sk-..., a key that pays as it goes.\n",
        "Network\n  ✓ proxy          None.\n  ✓ DNS            Not needed",
        "  ✓ compatible     Takes the key and lists ",
        "This machine\n",
        "Terminal and sound\n  · terminal       There is none here.\n",
    ] {
        assert!(done.stdout.contains(line), "{line}: {}", done.stdout);
    }
    assert!(done.stdout.contains("\nIt works, with "), "{}", done.stdout);
    assert!(!done.stdout.contains('✗'));
    let seen = sim.seen();
    assert!(seen.iter().all(|seen| seen.method == "GET"), "{seen:?}");
    assert!(!world.path().join("data").exists(), "nothing is made");
    assert!(!world.path().join("state").exists(), "nothing is made");
}

#[test]
fn chinese_and_ascii_are_spoken() {
    let world = World::new();
    let sim = Sim::saying("never");
    let mut command = world.command(&sim.origin());
    let done = world.run(command.env("LANG", "zh_CN.UTF-8").arg("doctor"));
    assert_eq!(done.code, 0);
    assert!(
        done.stdout.contains("密钥\n  ✓ 密钥        来自 DASHSCOPE_API_KEY："),
        "{}",
        done.stdout
    );
    let mut command = world.command(&sim.origin());
    let done = world.run(command.env("LANG", "C").arg("doctor"));
    assert!(done.stdout.is_ascii(), "{}", done.stdout);
    assert!(done.stdout.contains("  ok key "), "{}", done.stdout);
    assert!(done.stdout.contains("  !! letters "), "{}", done.stdout);
}

#[test]
fn json_is_one_object_with_a_schema() {
    let world = World::new();
    let sim = Sim::saying("never");
    let done = doctor(&world, &sim.origin(), &["--json"]);
    let whole = object(&done);
    assert_eq!((&whole["version"], &whole["exit"]), (&Value::from(1), &Value::from(0)));
    let names: Vec<&str> = whole["checks"]
        .as_array()
        .expect("checks")
        .iter()
        .map(|check| check["name"].as_str().expect("a name"))
        .collect();
    let expected = "config language key plan place proxy dns connect authorities tls http clock \
        compat native region workspace limits model catalog directories store disk posters \
        terminal colours letters clipboard sound";
    assert_eq!(names.join(" "), expected);
    for check in whole["checks"].as_array().expect("checks") {
        let fields: Vec<&str> =
            check.as_object().expect("an object").keys().map(String::as_str).collect();
        let mut sorted = fields.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, ["detail", "finding", "message", "name", "next", "outcome"]);
        let outcome = check["outcome"].as_str().expect("a word");
        assert!(["ok", "warn", "fail", "skipped", "unknown"].contains(&outcome), "{check}");
        assert!(check["detail"].is_object() && check["message"].is_string(), "{check}");
        let step = check["next"].is_string();
        assert!(step || check["next"].is_null());
        assert!(step || !["fail"].contains(&outcome), "a failure has a next step: {check}");
    }
    assert_eq!(check(&whole, "key")["detail"]["source"], "DASHSCOPE_API_KEY");
    assert_eq!(check(&whole, "key")["detail"]["kind"], "ordinary");
    assert!(check(&whole, "http")["detail"]["took_s"].is_f64());
    assert!(check(&whole, "disk")["detail"]["free_bytes"].is_u64());
}

#[test]
fn a_refused_key_is_3_and_goes_to_no_other_host() {
    let world = World::new();
    let refuse =
        r#"{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"r-9"}"#;
    let server = says(401, "", refuse);
    let done = doctor(&world, &server.origin(), &["--json", "--regions"]);
    assert_eq!(done.code, 3, "{}", done.stdout);
    let whole = object(&done);
    assert_eq!(whole["exit"], 3);
    let compat = check(&whole, "compat");
    assert_eq!(compat["outcome"], "fail");
    assert!(compat["message"].as_str().expect("a sentence").contains("r-9"), "{compat}");
    let region = check(&whole, "region");
    assert_eq!(
        (&region["outcome"], &region["finding"]),
        (&"skipped".into(), &"region_private".into())
    );
    let done = doctor(&world, &server.origin(), &[]);
    assert_eq!(done.code, 3);
    assert!(done.stdout.ends_with("Begin with: compatible.\n"), "{}", done.stdout);
    let mut command = world.bare();
    command.env_remove("DASHSCOPE_API_KEY").args(["--base-url", &server.origin(), "doctor"]);
    assert_eq!(world.run(&mut command).code, 3, "the server wants one");
}

#[test]
fn nobody_there_is_5() {
    let world = World::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let done = doctor(&world, &format!("http://{address}"), &[]);
    assert_eq!(done.code, 5, "{}", done.stdout);
    assert!(done.stdout.contains("  ✗ connection     Nothing answers at"), "{}", done.stdout);
    assert!(done.stdout.contains("  · compatible     Not looked at: connection comes first."));
    let done = doctor(&world, "http://nowhere.invalid", &[]);
    assert_eq!(done.code, 5);
    assert!(done.stdout.contains("  ✗ DNS  "), "{}", done.stdout);
}

#[test]
fn a_clock_that_is_years_off_is_6() {
    let world = World::new();
    let server = says(200, "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", LIST);
    let whole = object(&doctor(&world, &server.origin(), &["--json"]));
    assert_eq!(whole["exit"], 6);
    let clock = check(&whole, "clock");
    assert!(clock["detail"]["ahead_s"].as_i64().expect("seconds") > 900_000_000, "{clock}");
    assert!(clock["next"].as_str().expect("a step").contains("timedatectl"), "{clock}");
}

#[test]
fn the_page_of_a_hotel_is_the_network() {
    let world = World::new();
    let server = says(200, "content-type: text/html\r\n", "<html><title>\u{1b}[2JHotel</title>");
    let done = doctor(&world, &server.origin(), &[]);
    assert_eq!(done.code, 5, "{}", done.stdout);
    assert!(done.stdout.contains("A web page answers in the place of 127.0.0.1:"));
    assert!(!done.stdout.contains('\u{1b}'));
}

#[test]
fn limits_that_are_not_told_are_no_failure() {
    let world = World::new();
    let server = says(404, "", r#"{"code":"NotFound","message":"Not found!","request_id":"r"}"#);
    let done = doctor(&world, &server.origin(), &["--json"]);
    assert_eq!(done.code, 0, "{}", done.stdout);
    let whole = object(&done);
    assert_eq!(check(&whole, "compat")["finding"], "nothing_free");
    assert_ne!(check(&whole, "limits")["outcome"], "fail");
}

#[test]
fn a_wrong_configuration_is_6_and_the_machine_is_looked_at_all_the_same() {
    let world = World::new();
    world.configure("theme = \n");
    let done = world.run(world.bare().arg("doctor"));
    assert_eq!(done.code, 6, "{}", done.stdout);
    assert!(done.stdout.contains("config.toml:1:") && done.stdout.contains("lian config check"));
    assert!(done.stdout.contains("  ✓ store "), "{}", done.stdout);
    assert!(done.stdout.contains("  · DNS            Not looked at: configuration comes first."));
}

#[test]
fn the_demo_is_examined_without_a_key() {
    let world = World::new();
    let mut command = world.bare();
    let done = world.run(command.env_remove("DASHSCOPE_API_KEY").args(["--demo", "doctor"]));
    assert_eq!(done.code, 0, "{}", done.stdout);
    assert!(done.stdout.contains("From the simulator"), "{}", done.stdout);
}

/// A server that speaks TLS with a certificate of the test authority and answers every request.
fn tls_server(answer: &'static str) -> u16 {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire/tls/");
    let read = |name: &str| std::fs::read(format!("{fixtures}{name}")).expect("a fixture");
    let chain = vec![CertificateDer::from(read("server.der"))];
    let key = PrivateKeyDer::try_from(read("server.key.der")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let config = config.clone();
            std::thread::spawn(move || {
                let Ok(session) = rustls::ServerConnection::new(config) else { return };
                let mut stream = rustls::StreamOwned::new(session, socket);
                let mut heard = Vec::new();
                let mut piece = [0; 1024];
                while !heard.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut piece) {
                        Ok(n) if n > 0 => heard.extend_from_slice(&piece[..n]),
                        _ => return,
                    }
                }
                let length = answer.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(answer.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            });
        }
    });
    port
}

#[test]
fn an_unknown_authority_is_5_and_a_known_one_is_named() {
    let world = World::new();
    let origin = format!("https://localhost:{}", tls_server(LIST));
    let done = doctor(&world, &origin, &[]);
    assert_eq!(done.code, 5, "{}", done.stdout);
    assert!(done.stdout.contains("  ✗ TLS "), "{}", done.stdout);
    assert!(done.stdout.contains("SSL_CERT_FILE") && done.stdout.contains("certificate"));
    let ca = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire/tls/ca.pem");
    let mut command = world.command(&origin);
    let done = world.run(command.env("SSL_CERT_FILE", ca).args(["doctor", "--json"]));
    let whole = object(&done);
    let tls = check(&whole, "tls");
    assert_eq!((&tls["outcome"], &tls["finding"]), (&"ok".into(), &"certificate".into()), "{tls}");
    assert_eq!(tls["detail"]["issuer"], "lian test authority");
    assert_eq!(check(&whole, "authorities")["detail"]["variable"], "SSL_CERT_FILE");
}

#[test]
fn real_requests_are_made_only_with_consent_and_after_the_price() {
    let world = World::new();
    let sim = Sim::with("[[rule]]\nrate = 0\nanswer = \"ok\"");
    let done = doctor(&world, &sim.origin(), &["--probe"]);
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert!(done.stderr.contains("--yes"), "{}", done.stderr);
    assert!(sim.seen().is_empty(), "not even the free calls");
    let done = doctor(&world, &sim.origin(), &["--probe", "--yes", "--json"]);
    assert!(
        done.stderr.starts_with("2 real requests to qwen-flash cost about ¥"),
        "{}",
        done.stderr
    );
    let whole = object(&done);
    let compat = check(&whole, "probe_compat");
    assert_eq!((&compat["outcome"], &compat["finding"]), (&"ok".into(), &"answered".into()));
    assert_eq!(compat["detail"]["model"], "qwen-flash");
    assert!(compat["detail"]["first_token_s"].is_f64() && compat["detail"]["cost"].is_string());
    assert_eq!(check(&whole, "probe_native")["name"], "probe_native");
    let sent: Vec<_> = sim.seen().into_iter().filter(|seen| seen.method == "POST").collect();
    assert_eq!(sent.iter().filter(|seen| seen.path.ends_with("/chat/completions")).count(), 1);
    assert!(sent.len() <= 2, "{sent:?}");
    // Without a way to the service nothing is asked and nothing is sent.
    let server = says(200, "content-type: text/html\r\n", "<html>");
    let whole = object(&doctor(&world, &server.origin(), &["--probe", "--yes", "--json"]));
    assert_eq!(check(&whole, "probe_compat")["finding"], "after");
    assert!(server.heard().iter().all(|heard| heard.starts_with("GET ")));
}

#[test]
fn mistakes_of_usage_are_2() {
    let world = World::new();
    for args in [&["--yes"][..], &["--no-such-flag"]] {
        assert_eq!(world.run(world.bare().arg("doctor").args(args)).code, 2, "{args:?}");
    }
}
