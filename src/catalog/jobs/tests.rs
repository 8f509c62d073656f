//! The shipped jobs, read whole: what each takes, where it goes, what it costs; and rows of the
//! user's own.

use std::collections::BTreeSet;

use super::*;
use crate::domain::jobs::{Answers, Form, Kind, Makes};
use crate::domain::money::Unit;
use crate::domain::settings::Figures;
use crate::domain::tasks::TaskUsage;

fn catalog() -> Catalog {
    (*Catalog::embedded()).clone()
}

fn job(id: &str) -> Job {
    catalog().job(&ModelId::new(id)).unwrap_or_else(|| panic!("{id}"))
}

/// A form with these fields as typed.
fn form(job: &Job, typed: &[(&str, &str)]) -> Form {
    let mut form = Form::new(job);
    for (name, typed) in typed {
        let field = job.field(name).unwrap_or_else(|| panic!("{} has no {name}", job.model));
        form.set(name, field.read(typed).expect("a value"));
    }
    form
}

fn cost(figures: Figures, id: &str, typed: &[(&str, &str)]) -> Option<String> {
    let job = job(id);
    catalog().estimate(figures, &job, &form(&job, typed)).map(|e| e.cost.amount.to_string())
}

#[test]
fn every_shipped_job_is_whole() {
    Jobs::shipped().expect("the shipped rows can be read");
    let catalog = catalog();
    assert_eq!(catalog.jobs().len(), 45);
    for job in catalog.jobs() {
        assert!(catalog.jobs.get().source(&job.source).is_some(), "{}", job.model);
        assert!(job.as_of.starts_with("2026-"), "{}", job.model);
        assert!(job.path.starts_with("/services/aigc/"), "{}", job.model);
        let row = catalog.model_row(&job.model).unwrap_or_else(|| panic!("{}", job.model));
        let family = if job.makes == Makes::Video { "video" } else { "image" };
        assert!(row.family.ends_with(family), "{}", job.model);
        // A video has a length and a class of resolution before it is paid for.
        let measure = job.measure(&Form::new(job));
        match job.makes {
            Makes::Video => {
                let whole = measure.seconds.is_some() || job.bills_input;
                assert!(whole && measure.resolution.is_some(), "{}: {measure:?}", job.model);
            }
            Makes::Image => assert_eq!(measure.images, Some(1), "{}", job.model),
        }
        let places: BTreeSet<String> =
            job.fields.iter().map(|field| format!("{:?}", field.place)).collect();
        assert_eq!(places.len(), job.fields.len(), "{}: two fields go to one place", job.model);
        for field in &job.fields {
            let short = field.en.chars().count() <= 110 && field.zh.chars().count() <= 60;
            assert!(short && !field.en.is_empty() && !field.zh.is_empty(), "{field:?}");
            let name = field.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            assert!(name, "{}", field.name);
        }
    }
}

#[test]
fn every_model_of_the_families_that_people_use_has_a_job() {
    for id in [
        "wan2.5-t2v-plus",
        "wan2.5-i2v-plus",
        "wan2.5-t2v-preview",
        "wan2.5-i2v-preview",
        "wan2.6-t2v",
        "wan2.6-i2v",
        "wan2.6-i2v-flash",
        "wan2.6-r2v",
        "wan2.6-r2v-flash",
        "wan2.7-t2v",
        "wan2.7-t2v-2026-04-25",
        "wan2.7-i2v",
        "wan2.7-i2v-2026-04-25",
        "wan2.7-r2v",
        "wan2.7-videoedit",
        "wan3.0-video",
        "wan2.2-t2v-plus",
        "wan2.2-i2v-plus",
        "wan2.2-i2v-flash",
        "wan2.2-kf2v-flash",
        "wanx2.1-t2v-turbo",
        "wanx2.1-t2v-plus",
        "wanx2.1-i2v-turbo",
        "wanx2.1-i2v-plus",
        "wanx2.1-kf2v-plus",
        "wan2.5-t2i-preview",
        "wan2.6-t2i",
        "wan2.6-image",
        "wan2.7-image-pro",
        "wan2.2-t2i-flash",
        "wanx-v1",
        "qwen-image",
        "qwen-image-2.0-pro-2026-04-22",
        "qwen-image-edit-max",
    ] {
        assert_eq!(job(id).model.as_str(), id);
    }
    assert!(catalog().job(&ModelId::new("qwen-plus")).is_none());
}

#[test]
fn only_first_and_last_pictures_have_a_path_of_their_own() {
    for job in catalog().jobs().iter().filter(|job| job.makes == Makes::Video) {
        let own = job.path == "/services/aigc/image2video/video-synthesis";
        assert_eq!(own, job.model.as_str().contains("kf2v"), "{}", job.model);
        assert_eq!(job.answers, Answers::Task);
    }
    assert_eq!(job("qwen-image").answers, Answers::Now);
}

#[test]
fn sizes_and_lengths_are_those_of_the_model() {
    let fits = |id: &str, typed: &[(&str, &str)]| {
        let job = job(id);
        let mut form = form(&job, typed);
        for field in job.fields.iter().filter(|field| field.required) {
            if form.get(&field.name).is_none() {
                let typed = if matches!(field.kind, Kind::Media(_)) { "https://h/a" } else { "a" };
                form.set(&field.name, field.read(typed).unwrap());
            }
        }
        job.check(&form).is_empty()
    };
    for (id, typed, want) in [
        ("wan2.5-t2v-preview", &[("size", "832*480")][..], true),
        ("wan2.6-t2v", &[("size", "832*480")], false),
        ("wan2.2-t2v-plus", &[("size", "1280*720")], false),
        ("wanx2.1-t2v-plus", &[("size", "960x960")], true),
        ("wan2.5-t2v-preview", &[("duration", "7")], false),
        ("wan2.6-t2v", &[("duration", "7"), ("shot_type", "multi")], true),
        ("wan2.6-t2v", &[("shot_type", "multi"), ("prompt_extend", "off")], false),
        ("wan2.6-r2v", &[("shot_type", "multi")], true),
        ("wan2.6-r2v", &[("duration", "11")], false),
        ("wan2.5-i2v-preview", &[("resolution", "480p")], true),
        ("wan2.6-i2v", &[("resolution", "480p")], false),
        ("wan2.2-i2v-plus", &[("resolution", "720p")], false),
        ("wan2.7-i2v", &[("last_image", "https://h/b")], false),
        ("wan2.7-i2v", &[("image", "https://h/a"), ("last_image", "https://h/b")], true),
        ("wan2.7-i2v", &[], false),
        ("wan2.7-r2v", &[], false),
        ("wan2.7-r2v", &[("reference_video", "https://h/a.mp4")], true),
        ("wan2.5-t2i-preview", &[("size", "768*2700")], true),
        ("wan2.2-t2i-flash", &[("size", "768*2700")], false),
        ("wan2.2-t2i-flash", &[("n", "5")], false),
        ("qwen-image", &[("size", "1024*1024")], false),
        ("qwen-image-2.0", &[("size", "1024*1024"), ("n", "6")], true),
        ("wan2.7-image-pro", &[("size", "4k")], true),
        ("wan2.7-image", &[("size", "4096*4096")], false),
        ("wan2.7-videoedit", &[("duration", "1")], false),
    ] {
        assert_eq!(fits(id, typed), want, "{id} {typed:?}");
    }
}

#[test]
fn a_form_costs_what_its_seconds_or_pictures_cost() {
    let documented = |id: &str, typed: &[(&str, &str)]| cost(Figures::Documented, id, typed);
    let yuan = |text: &str| Some(text.to_owned());
    assert_eq!(documented("wan2.5-t2v-preview", &[]), yuan("5"));
    assert_eq!(documented("wan2.5-t2v-preview", &[("size", "1280*720")]), yuan("3"));
    let small = [("size", "832*480"), ("duration", "10")];
    assert_eq!(documented("wan2.5-t2v-preview", &small), yuan("3"));
    assert_eq!(documented("wan2.7-t2v-2026-04-25", &[("resolution", "720p")]), yuan("3"));
    assert_eq!(documented("wan2.2-i2v-flash", &[]), yuan("1"));
    assert_eq!(documented("wan2.6-i2v-flash", &[]), yuan("2.5"));
    assert_eq!(documented("wan2.6-i2v-flash", &[("sound", "off")]), yuan("1.25"));
    assert_eq!(documented("wanx2.1-t2v-turbo", &[]), yuan("1.2"));
    assert_eq!(documented("wan2.5-t2i-preview", &[]), yuan("0.2"));
    assert_eq!(documented("wan2.5-t2i-preview", &[("n", "4")]), yuan("0.8"));
    assert_eq!(documented("qwen-image", &[]), yuan("0.25"));
    assert_eq!(documented("qwen-image-2.0-pro", &[("n", "6")]), yuan("3"));
    assert_eq!(documented("wan3.0-video", &[]), None, "nobody tells a price");
    assert_eq!(documented("wan2.7-videoedit", &[]), None, "as long as the given video");
    let job = job("wan2.7-r2v");
    let estimate = catalog().estimate(Figures::Documented, &job, &Form::new(&job)).unwrap();
    assert!(estimate.at_least && estimate.unit == Unit::Second);
    assert_eq!(estimate.each.amount.to_string(), "1");
}

#[test]
fn the_audit_knows_one_clip_and_the_rest_is_borrowed() {
    let seed = |typed: &[(&str, &str)]| {
        let job = job("wan2.5-t2v-plus");
        catalog().estimate(Figures::Seed, &job, &form(&job, typed)).unwrap()
    };
    let clip = seed(&[("size", "1280*720")]);
    assert_eq!(clip.cost.amount.to_string(), "1.5");
    assert_eq!((clip.price.figures, clip.borrowed), (Figures::Seed, None));
    let small = seed(&[("size", "832*480")]);
    assert_eq!(small.cost.amount.to_string(), "1.5");
    let preview = Some(ModelId::new("wan2.5-t2v-preview"));
    assert_eq!((small.price.figures, small.borrowed), (Figures::Documented, preview));
}

#[test]
fn a_finished_task_costs_what_it_used() {
    let catalog = catalog();
    let cost = |id: &str, usage: &TaskUsage| {
        catalog.task_cost(Figures::Documented, &ModelId::new(id), usage).map(|e| e.cost.to_string())
    };
    let usage = |seconds: &str, class: &str| TaskUsage {
        seconds: seconds.parse().ok(),
        resolution: Some(class.to_owned()),
        ..TaskUsage::default()
    };
    assert_eq!(cost("wan2.5-t2v-preview", &usage("5", "480p")).as_deref(), Some("¥1.50"));
    assert_eq!(cost("wan2.6-t2v", &usage("5.04", "1080p")).as_deref(), Some("¥5.04"));
    assert_eq!(cost("wan2.5-t2v-preview", &usage("5", "144p")), None);
    let pictures = TaskUsage { images: Some(3), ..TaskUsage::default() };
    assert_eq!(cost("wan2.2-t2i-plus", &pictures).as_deref(), Some("¥0.60"));
    assert_eq!(cost("wan2.2-t2i-plus", &TaskUsage::default()), None);
}

#[test]
fn rows_of_the_users_own_replace_and_add() {
    let mut catalog = catalog();
    let mine = r#"
        [field.mood]
        to = "parameters.mood"
        choice = ["sad", "glad"]
        en = "mood"
        zh = "情绪"
        [[job]]
        models = ["wan2.5-t2v-preview", "wan9-t2v"]
        makes = "video"
        answers = "task"
        path = "/services/aigc/video-generation/video-synthesis"
        fields = [{ use = "prompt", text = 9 }, "mood", "size"]
        seconds = 9
        source = "me"
        as_of = "2027-01"
    "#;
    catalog.override_jobs("mine", mine).unwrap();
    for id in ["wan2.5-t2v-preview", "wan9-t2v"] {
        let job = catalog.job(&ModelId::new(id)).unwrap();
        let names: Vec<_> = job.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!((names, job.seconds), (vec!["prompt", "mood", "size"], Some(9)));
        assert_eq!(job.fields[0].kind, Kind::Text { max: Some(9) });
    }
    assert!(catalog.job(&ModelId::new("wan2.6-t2v")).is_some(), "the others stay");
}

#[test]
fn rows_that_make_no_sense_are_named_with_their_line() {
    let told = |job: &str| {
        let head = "[[job]]\nmodels = [\"m\"]\nmakes = \"video\"\nanswers = \"task\"\n";
        let tail = "source = \"me\"\nas_of = \"2027-01\"\n";
        let text = format!("# mine\n\n{head}{job}\n{tail}");
        let error = catalog().override_jobs("f", &text).unwrap_err();
        (error.place(), error.reason())
    };
    let path = "path = \"/p\"\n";
    for (job, reason) in [
        (format!("{path}fields = [\"wings\"]"), "uses a field that is not there"),
        (format!("{path}fields = [\"seed\", \"seed\"]"), "has a field twice"),
        ("path = \"p\"\nfields = []".to_owned(), "has a path that is none"),
        ("path = \"/../admin\"\nfields = []".to_owned(), "has a path that is none"),
        (format!("{path}fields = [\"shot_type\"]"), "names a field it has not"),
        (format!("{path}fields = [{{ use = \"seed\", to = \"x\" }}]"), "goes nowhere"),
        (format!("{path}fields = [{{ use = \"n\", whole = [1, 2] }}]"), "does not allow"),
        (
            format!("{path}fields = [{{ use = \"seed\", seed = true, flag = true }}]"),
            "holds two things",
        ),
        (format!("{path}fields = [{{ use = \"seed\", colour = 1 }}]"), "unknown field"),
    ] {
        let (place, why) = told(&job);
        assert!(why.contains(reason), "{job}: {why}");
        assert!(place.starts_with("f:3"), "{job}: {place}");
    }
}
