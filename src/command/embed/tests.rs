//! What is printed, and what is refused before anything is sent.

use super::*;
use crate::domain::embeddings::SparseTerm;

fn vector(index: usize, dense: &[f64]) -> Vector {
    Vector { index, dense: dense.to_vec(), ..Vector::default() }
}

fn asked(args: &EmbedArgs) -> Result<EmbedRequest, String> {
    request(args, vec!["a".to_owned()], &Catalog::embedded(), Language::En)
}

#[test]
fn what_a_model_does_not_take_is_told_before_it_is_sent() {
    let plain = asked(&EmbedArgs::default()).unwrap();
    assert_eq!(plain.model.as_str(), "text-embedding-v4");
    let with = |model: &str, change: fn(&mut EmbedArgs)| {
        let mut args = EmbedArgs { model: Some(model.to_owned()), ..EmbedArgs::default() };
        change(&mut args);
        asked(&args).err().unwrap_or_default()
    };
    let bad = with("text-embedding-v3", |args| args.dimensions = Some(2048));
    assert_eq!(
        bad,
        "vectors of text-embedding-v3 have 64 or 128 or 256 or 512 or 768 or 1024 dimensions"
    );
    assert_eq!(with("text-embedding-v4", |args| args.dimensions = Some(2048)), "");
    let sparse = with("text-embedding-v2", |args| args.sparse = true);
    assert_eq!(sparse, "text-embedding-v2 does not take --sparse");
    let instruct = with("text-embedding-v3", |args| args.instruct = Some("x".to_owned()));
    assert_eq!(instruct, "text-embedding-v3 does not take --instruct");
    assert!(with("qwen-plus", |_| ()).starts_with("qwen-plus makes no vectors; these do: text-e"));
    assert!(with("text-embedding-async-v2", |_| ()).contains("answers with a task"));
    // Of a model of another server nobody knows anything.
    assert_eq!(with("nomic-embed-text", |args| args.dimensions = Some(99)), "");
}

#[test]
fn lines_are_for_programs() {
    let mut found = vector(3, &[0.5, -0.25]);
    assert_eq!(line("a\tb", &found), "3\ta b\t0.5 -0.25");
    found.sparse = vec![SparseTerm { index: 7, value: 1.5, token: "wind".to_owned() }];
    assert_eq!(line("a\u{1b}[2J", &found), "3\ta[2J\t0.5 -0.25\t7:1.5");
    let json: serde_json::Value = serde_json::from_str(&json_line("猫", &found)).unwrap();
    assert_eq!(
        json,
        json!({"index": 3, "text": "猫", "embedding": [0.5, -0.25],
            "sparse": [{"index": 7, "value": 1.5, "token": "wind"}]})
    );
}

#[test]
fn likeness_is_a_table_of_numbers_below_each_other() {
    let texts = ["cat".to_owned(), "猫".repeat(30), "dog".to_owned()];
    let vectors = [vector(0, &[1.0, 0.0]), vector(1, &[0.8, 0.6]), vector(2, &[0.0, 0.0])];
    let table = likeness(&texts, &vectors, false);
    let want = format!(
        "       0      1      2\n0   1.00   0.80      -  cat\n1   0.80   1.00      -  {}…\n2      -      -      -  dog\n",
        "猫".repeat(19)
    );
    assert_eq!(table, want);
    let lines: Vec<serde_json::Value> = likeness(&texts, &vectors, true)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0], json!({"index": 0, "text": "cat", "similar": [1.0, 0.8, null]}));
}
