//! Certificates and proxies as the user sets them. What comes from the environment is tested in
//! a child process, because changing one's own environment is not safe with threads.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::time::timeout;

use super::*;
use crate::api::testing::{CAP, KEY, Server, answer, endpoint, head, sample};

/// Set in the child; holds the origin to ask.
const CHILD: &str = "LIAN_TEST_CHILD_ASKS";

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

/// A server that speaks TLS with a certificate of the test authority. Gives its port.
fn tls_server() -> u16 {
    install_crypto();
    let chain = vec![CertificateDer::from(sample("tls/server.der"))];
    let key = PrivateKeyDer::try_from(sample("tls/server.key.der")).expect("a key");
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let Ok(session) = rustls::ServerConnection::new(config.clone()) else { return };
            let mut stream = rustls::StreamOwned::new(session, socket);
            let mut heard = Vec::new();
            let mut piece = [0; 1024];
            // The request of these tests ends with its body.
            while !heard.ends_with(b"{}") {
                match stream.read(&mut piece) {
                    Ok(n) if n > 0 => heard.extend_from_slice(&piece[..n]),
                    _ => break,
                }
            }
            if heard.ends_with(b"{}") {
                drop(stream.write_all(ANSWER));
                stream.conn.send_close_notify();
                drop(stream.flush());
            }
        }
    });
    port
}

async fn ask(options: ClientOptions, origin: &str) -> Result<u16, ApiError> {
    let client = ApiClient::new(options);
    let endpoint = endpoint(origin);
    let work = client.call(&endpoint, Call::compat("/chat/completions", b"{}".to_vec()));
    let reply = timeout(CAP, work).await.expect("no wait without an end")?;
    Ok(reply.status().as_u16())
}

#[tokio::test]
async fn a_custom_authority_is_trusted_and_an_unknown_one_is_not() {
    let origin = format!("https://localhost:{}", tls_server());
    let plain = ClientOptions::for_endpoint(&endpoint(&origin));
    let ours = ClientOptions { extra_ca: Some(sample("tls/ca.pem")), ..plain.clone() };
    assert_eq!(ask(ours.clone(), &origin).await, Ok(200));
    let only = ClientOptions { roots: Roots::Extra, ..ours };
    assert_eq!(ask(only, &origin).await, Ok(200));
    let error = ask(plain, &origin).await.expect_err("a stranger");
    let ApiError::Tls { host, detail } = error else { panic!("{error:?}") };
    assert_eq!(host, "localhost");
    assert!(detail.contains("certificate"), "{detail}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let origin = format!("https://also.localhost:{}", tls_server());
    let plain = ClientOptions::for_endpoint(&endpoint(&origin));
    let ours = ClientOptions { extra_ca: Some(sample("tls/ca.pem")), ..plain };
    let error = ask(ours, &origin).await.expect_err("another name");
    // Where such names do not resolve, there is nothing to compare.
    assert!(matches!(error, ApiError::Tls { .. } | ApiError::Dns { .. }), "{error:?}");
}

/// The child's part: asks with default options where it is told to.
#[tokio::test]
async fn child_asks_as_the_environment_says() {
    let Ok(origin) = std::env::var(CHILD) else { return };
    let options = ClientOptions::for_endpoint(&endpoint(&origin));
    assert_eq!(ask(options, &origin).await, Ok(200));
}

/// Runs the child with an environment that holds nothing but these of what matters here.
async fn child(origin: &str, environment: &[(&str, &str)]) -> bool {
    let program = std::env::current_exe().expect("this test");
    let mut command = Command::new(program);
    command.args(["--exact", "api::client::trust_tests::child_asks_as_the_environment_says"]);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.env_remove("SSL_CERT_FILE").env_remove("SSL_CERT_DIR");
    command.env(CHILD, origin).envs(environment.iter().copied());
    let run = tokio::task::spawn_blocking(move || command.output());
    let output = timeout(CAP, run).await.expect("in time").expect("no panic").expect("it ran");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed") || said.contains("1 failed"), "the child ran one: {said}");
    output.status.success()
}

#[tokio::test]
async fn proxies_come_from_the_environment_in_both_letter_cases() {
    let origin = "http://no-such-host.invalid";
    for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
        let proxy = Server::start(vec![answer(head(200, ""), "ok")]).await;
        assert!(child(origin, &[(name, &proxy.origin())]).await, "{name}");
        let heard = proxy.heard().remove(0);
        assert!(
            heard.starts_with("POST http://no-such-host.invalid/compatible-mode/v1/"),
            "{heard}"
        );
    }
    assert!(!child(origin, &[]).await, "without a proxy there is no such host");
}

#[tokio::test]
async fn this_machine_is_never_asked_through_a_proxy() {
    let proxy = Server::start(vec![answer(head(500, ""), "")]).await;
    let here = Server::start(vec![answer(head(200, ""), "ok")]).await;
    assert!(child(&here.origin(), &[("http_proxy", &proxy.origin())]).await);
    assert!(proxy.heard().is_empty());
    assert!(here.heard()[0].contains(KEY));
}

#[tokio::test]
async fn the_file_of_certificates_in_the_environment_is_honoured() {
    let origin = format!("https://localhost:{}", tls_server());
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/wire/tls/ca.pem");
    assert!(child(&origin, &[("SSL_CERT_FILE", file)]).await);
    assert!(!child(&origin, &[]).await);
}
