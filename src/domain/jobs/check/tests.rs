//! Forms, filled in well and badly, of a job that has a field of every kind.

use super::*;
use crate::domain::jobs::{Answers, Dimension, Makes, Measure, Place, Together};
use crate::domain::models::ModelId;

fn field(name: &str, kind: Kind) -> Field {
    Field {
        name: name.to_owned(),
        place: Place::Parameter(name.to_owned()),
        kind,
        default: None,
        preset: None,
        required: false,
        price: None,
        needs: None,
        en: String::new(),
        zh: String::new(),
    }
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn image(most: u32) -> Kind {
    Kind::Media(MediaRule {
        kinds: vec![FileKind::Image],
        formats: words(&["png", "jpg"]),
        max_bytes: Some(100),
        most,
    })
}

fn job() -> Job {
    let sizes = Sizes {
        listed: vec![
            ("480p".to_owned(), vec![(832, 480)]),
            ("720p".to_owned(), vec![(1280, 720), (720, 1280)]),
        ],
        ..Sizes::default()
    };
    let mut fields = vec![
        field("prompt", Kind::Text { max: Some(5) }),
        field("size", Kind::Size(sizes)),
        field("duration", Kind::OneOf(vec![5, 10])),
        field("n", Kind::Whole { min: 1, max: 4 }),
        field("seed", Kind::Seed),
        field("extend", Kind::Flag),
        field("shot", Kind::Choice(words(&["single", "multi"]))),
        field("image", image(1)),
        field("last", image(1)),
        field("clip", image(3)),
    ];
    fields[0].required = true;
    fields[1].default = Some(text("1280*720"));
    fields[1].price = Some(Dimension::Resolution);
    fields[2].default = Some(Value::Whole(5));
    fields[2].price = Some(Dimension::Seconds);
    fields[5].default = Some(Value::Flag(true));
    fields[6].default = Some(text("single"));
    fields[6].needs = Some(("extend".to_owned(), Value::Flag(true)));
    Job {
        model: ModelId::new("m"),
        makes: Makes::Video,
        answers: Answers::Task,
        path: "/p".to_owned(),
        fields,
        sets: Vec::new(),
        together: None,
        seconds: None,
        bills_input: false,
        source: String::new(),
        as_of: String::new(),
    }
}

/// A form with these fields as typed.
fn form(job: &Job, typed: &[(&str, &str)]) -> Result<Form, Fault> {
    let mut form = Form::new(job);
    form.set("prompt", Some(text("a")));
    for (name, typed) in typed {
        form.set(name, job.field(name).expect("a field").read(typed)?);
    }
    Ok(form)
}

fn faults(typed: &[(&str, &str)]) -> Vec<Fault> {
    let job = job();
    form(&job, typed).map_or_else(|fault| vec![fault], |form| job.check(&form))
}

#[test]
fn what_people_type_is_read() {
    let good = [
        ("prompt", "猫狗猫狗猫"),
        ("size", "1280x720"),
        ("duration", "10"),
        ("n", "4"),
        ("seed", "2147483647"),
        ("extend", "on"),
        ("shot", "MULTI"),
        ("image", "https://h.example/a.PNG?x=1"),
    ];
    assert_eq!(faults(&good), []);
    let form = form(&job(), &good).unwrap();
    assert_eq!(form.get("size"), Some(&text("1280*720")));
    assert_eq!(form.get("shot"), Some(&text("multi")));
    assert_eq!(faults(&[("size", " "), ("seed", "")]), [], "blank is the service's choice");
}

#[test]
fn every_fault_has_its_kind() {
    let name = |name: &str| name.to_owned();
    let cases: Vec<(&str, &str, Fault)> = vec![
        ("prompt", "猫狗猫狗猫狗", Fault::TooLong { field: name("prompt"), chars: 6, max: 5 }),
        ("prompt", "", Fault::Missing { field: name("prompt") }),
        (
            "size",
            "1000*1000",
            Fault::NoChoice {
                field: name("size"),
                given: name("1000*1000"),
                choices: words(&["832*480", "1280*720", "720*1280"]),
            },
        ),
        ("size", "720P", Fault::NotSize { field: name("size"), given: name("720P") }),
        (
            "duration",
            "7",
            Fault::NoChoice {
                field: name("duration"),
                given: name("7"),
                choices: words(&["5", "10"]),
            },
        ),
        ("duration", "-5", Fault::Range { field: name("duration"), min: 5, max: 10 }),
        ("n", "5", Fault::Range { field: name("n"), min: 1, max: 4 }),
        ("n", "two", Fault::NotWhole { field: name("n"), given: name("two") }),
        ("n", "1.5", Fault::NotWhole { field: name("n"), given: name("1.5") }),
        ("seed", "2147483648", Fault::Range { field: name("seed"), min: 0, max: MAX_SEED }),
        ("extend", "maybe", Fault::NotFlag { field: name("extend"), given: name("maybe") }),
        (
            "shot",
            "triple",
            Fault::NoChoice {
                field: name("shot"),
                given: name("triple"),
                choices: words(&["single", "multi"]),
            },
        ),
        ("image", "a.png\nb.png", Fault::TooMany { field: name("image"), most: 1 }),
        (
            "image",
            "data:image/gif;base64,AA",
            Fault::Format {
                field: name("image"),
                given: name("gif"),
                formats: words(&["png", "jpg"]),
            },
        ),
        (
            "image",
            "/home/me/notes",
            Fault::Format {
                field: name("image"),
                given: name(""),
                formats: words(&["png", "jpg"]),
            },
        ),
    ];
    for (field, typed, fault) in cases {
        assert_eq!(faults(&[(field, typed)]), [fault], "{field} {typed}");
    }
}

#[test]
fn values_of_other_kinds_and_unknown_fields_are_told() {
    let job = job();
    let mut form = form(&job, &[]).unwrap();
    form.set("n", Some(text("4")));
    form.set("wings", Some(Value::Flag(true)));
    let told = job.check(&form);
    assert_eq!(
        told,
        [Fault::WrongKind { field: "n".to_owned() }, Fault::NoField { field: "wings".to_owned() },]
    );
}

#[test]
fn a_field_that_needs_another_says_so() {
    let needs = Fault::Needs {
        field: "shot".to_owned(),
        other: "extend".to_owned(),
        value: Value::Flag(true),
    };
    assert_eq!(faults(&[("shot", "multi"), ("extend", "off")]), [needs]);
    assert_eq!(faults(&[("shot", "multi")]), [], "the service's choice is on");
    assert_eq!(faults(&[("shot", "single"), ("extend", "off")]), [], "it asks for nothing new");
}

#[test]
fn files_are_weighed_and_counted() {
    let job = job();
    let file = |bytes| Media::File { path: "a.jpg".to_owned(), bytes: Some(bytes) };
    let mut form = form(&job, &[]).unwrap();
    form.set("image", Some(Value::Media(vec![file(100)])));
    assert_eq!(job.check(&form), []);
    form.set("image", Some(Value::Media(vec![file(101)])));
    let heavy = Fault::TooLarge { field: "image".to_owned(), bytes: 101, max: 100 };
    assert_eq!(job.check(&form), [heavy]);
}

#[test]
fn media_go_together_in_sets_and_numbers() {
    let mut job = job();
    job.sets = vec![words(&["image"]), words(&["image", "last"]), words(&["clip"])];
    let told = |job: &Job, typed: &[(&str, &str)]| job.check(&form(job, typed).unwrap());
    let (a, b) = (("image", "a.png"), ("last", "b.png"));
    assert_eq!(told(&job, &[a]), []);
    assert_eq!(told(&job, &[a, b]), []);
    assert_eq!(told(&job, &[("clip", "a.png\nb.png")]), []);
    for bad in [&[][..], &[b][..], &[a, ("clip", "c.png")][..]] {
        assert!(matches!(told(&job, bad)[..], [Fault::Combination { .. }]), "{bad:?}");
    }
    job.sets.clear();
    job.together = Some(Together { fields: words(&["image", "clip"]), min: 1, max: 3 });
    assert_eq!(told(&job, &[a, ("clip", "a.png\nb.png")]), []);
    for bad in [&[][..], &[a, ("clip", "a.png\nb.png\nc.png")][..]] {
        assert!(matches!(told(&job, bad)[..], [Fault::Together { .. }]), "{bad:?}");
    }
}

#[test]
fn free_sizes_have_limits() {
    let free = Free { area: Some((100, 400)), side: Some((5, 50)), ratio: Some(4) };
    for (size, fits) in
        [((10, 10), true), ((40, 10), true), ((41, 10), false), ((9, 10), false), ((4, 16), false)]
    {
        assert_eq!(free.holds(size), fits, "{size:?}");
    }
    let huge = (u32::MAX, u32::MAX);
    assert!(!free.holds(huge) && Free::default().holds(huge));
    let sizes = Sizes { free: Some(free), words: words(&["2K"]), ..Sizes::default() };
    assert_eq!(sizes.fault("size", "2K"), None);
    assert_eq!(sizes.fault("size", "20*20"), None);
    assert!(matches!(sizes.fault("size", "60*60"), Some(Fault::SizeRange { .. })));
}

#[test]
fn what_is_billed_follows_from_the_form_and_the_defaults() {
    let job = job();
    let measure = |typed: &[(&str, &str)]| job.measure(&form(&job, typed).unwrap());
    let of = |seconds, class: &str| Measure {
        seconds: Some(seconds),
        resolution: Some(class.to_owned()),
        ..Measure::default()
    };
    assert_eq!(measure(&[]), of(5, "720p"));
    assert_eq!(measure(&[("size", "832*480"), ("duration", "10")]), of(10, "480p"));
    let mut fixed = job.clone();
    fixed.fields.retain(|field| field.name != "duration");
    fixed.seconds = Some(3);
    assert_eq!(fixed.measure(&Form::default()).seconds, Some(3));
}
