//! Links of the store itself; downloads over HTTP are tested in `sim::tests::downloads`.

use super::*;
use crate::sim::{Options, start};

fn parts(link: &Link) -> (&str, &str) {
    link.0.split_once('?').unwrap()
}

#[tokio::test]
async fn a_link_opens_its_file_and_nothing_else_does() {
    let server = start(Options::default()).await.unwrap();
    let results = &server.shared.results;
    let link = results.put(&server.shared, "a.txt", "text/plain", "hello");
    let (path, query) = parts(&link);
    assert!(path.starts_with("/results/") && path.ends_with("/a.txt"), "{path}");
    let now = Instant::now();
    let file = results.get(path, query, now).unwrap();
    assert_eq!((&file.bytes[..], file.content_type), (&b"hello"[..], "text/plain"));
    assert_eq!(results.get(path, "", now).unwrap_err(), Closed::Unsigned);
    let other = query.replace("LTAI", "XXXX");
    assert_eq!(results.get(path, &other, now).unwrap_err(), Closed::UnknownKey);
    let later = query.replacen("Expires=1", "Expires=2", 1);
    assert_eq!(results.get(path, &later, now).unwrap_err(), Closed::WrongSignature);
    let neighbour = path.replace("a.txt", "b.txt");
    assert_eq!(results.get(&neighbour, query, now).unwrap_err(), Closed::WrongSignature);
    for cut in 0..query.len() {
        assert!(results.get(path, &query[..cut], now).is_err(), "{cut}");
    }
    assert_eq!(results.get(path, query, now + DAY).unwrap_err(), Closed::Expired);
}

#[tokio::test]
async fn old_files_make_room() {
    let server = start(Options::default()).await.unwrap();
    let results = &server.shared.results;
    let big = Bytes::from(vec![0; 40 * 1024 * 1024]);
    let links: Vec<Link> = (0..3)
        .map(|_| results.put(&server.shared, "big", "application/octet-stream", big.clone()))
        .collect();
    let open = |link: &Link| {
        let (path, query) = parts(link);
        results.get(path, query, Instant::now()).map(|file| file.bytes.len())
    };
    assert_eq!(open(&links[0]), Err(Closed::Gone));
    assert_eq!(open(&links[2]), Ok(big.len()));
}

#[test]
fn hostile_names_stay_in_one_part_of_the_path_only_if_they_are_escaped() {
    assert_eq!(in_path("..%2f..%2fetc%2fpasswd"), "..%2f..%2fetc%2fpasswd");
    assert_eq!(in_path("a b?\u{7}"), "a%20b%3F%07");
    assert_eq!(in_path("视频.mp4"), "%E8%A7%86%E9%A2%91.mp4");
}
