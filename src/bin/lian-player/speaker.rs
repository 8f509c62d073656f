//! The default device of this machine, by cpal. Only this file knows that library; it refuses
//! decisions, which are the engine's.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{
    BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig,
    SupportedBufferSize, SupportedStreamConfig,
};
use lian::domain::audio::FaultKind;

use crate::device::{Device, Opened, Refusal, Stream};
use crate::tap::{self, Gauges, Tap};

/// The ring holds one second.
const RING_SECONDS: usize = 1;
/// The device takes this part of a second at once and holds twice as much.
const PERIOD: u32 = 20;
/// Silence of this part of a second comes first: a sink that runs already loses the first
/// milliseconds of what joins it (up to 25 ms with PulseAudio's), and amplifiers have to wake up.
const LEAD: u32 = 16;
/// A device that says nothing for so long is asked whether it is still there.
const SILENCE: Duration = Duration::from_millis(500);

/// The machine's default device.
pub(crate) struct Speaker;

impl Device for Speaker {
    fn open(&self) -> Result<Opened, Refusal> {
        let device = cpal::default_host().default_output_device().ok_or_else(|| Refusal {
            kind: FaultKind::NoDevice,
            said: "no default device".to_owned(),
        })?;
        // Without any card there still is a default device; only its configuration fails.
        let supported = device.default_output_config().map_err(|error| refusal(&error))?;
        let (rate, channels) = (supported.sample_rate(), supported.channels());
        let attempt = |size| {
            let config = StreamConfig { channels, sample_rate: rate, buffer_size: size };
            let (ring, tap, gauges) =
                tap::ring(rate as usize * RING_SECONDS, (rate / LEAD) as usize);
            let stream = build(&device, supported.sample_format(), config, tap, &gauges)?;
            Ok((ring, gauges, stream))
        };
        let preferred = attempt(size(&supported));
        let (ring, gauges, stream) = preferred.or_else(|_| attempt(BufferSize::Default))?;
        let name = device.to_string();
        Ok(Opened { name, rate, channels, ring, gauges, stream: Box::new(Playing(stream)) })
    }
}

struct Playing(cpal::Stream);

impl Stream for Playing {
    fn start(&self) -> Result<(), Refusal> {
        self.0.play().map_err(|error| refusal(&error))
    }
}

/// Long enough for a busy machine: dropping the stream silences what the device still holds.
fn size(supported: &SupportedStreamConfig) -> BufferSize {
    match supported.buffer_size() {
        SupportedBufferSize::Range { min, max } => {
            let most = (*max).max(*min);
            BufferSize::Fixed((supported.sample_rate() / PERIOD).clamp(*min, most))
        }
        SupportedBufferSize::Unknown => BufferSize::Default,
    }
}

/// One function for each form that samples may have.
fn build(
    device: &cpal::Device,
    format: SampleFormat,
    config: StreamConfig,
    tap: Tap,
    gauges: &Arc<Gauges>,
) -> Result<cpal::Stream, Refusal> {
    match format {
        SampleFormat::F32 => stream::<f32>(device, config, tap, gauges),
        SampleFormat::F64 => stream::<f64>(device, config, tap, gauges),
        SampleFormat::I16 => stream::<i16>(device, config, tap, gauges),
        SampleFormat::I32 => stream::<i32>(device, config, tap, gauges),
        SampleFormat::I24 => stream::<cpal::I24>(device, config, tap, gauges),
        SampleFormat::U8 => stream::<u8>(device, config, tap, gauges),
        SampleFormat::I8 => stream::<i8>(device, config, tap, gauges),
        SampleFormat::U16 => stream::<u16>(device, config, tap, gauges),
        SampleFormat::U32 => stream::<u32>(device, config, tap, gauges),
        other => Err(Refusal {
            kind: FaultKind::Format,
            said: format!("the device takes {other} samples only"),
        }),
    }
}

fn stream<T: SizedSample + FromSample<f32>>(
    device: &cpal::Device,
    config: StreamConfig,
    mut tap: Tap,
    gauges: &Arc<Gauges>,
) -> Result<cpal::Stream, Refusal> {
    let channels = usize::from(config.channels).max(1);
    let rate = f64::from(config.sample_rate);
    let gauges = gauges.clone();
    let stream = device.build_output_stream::<T, _, _>(
        config,
        move |buffer, info| {
            let stamp = info.timestamp();
            let delay = stamp.playback.duration_since(stamp.callback).as_secs_f64() * rate;
            let frames = buffer.len() / channels;
            tap.fill(frames, delay as u64, |frame, sample| {
                buffer[frame * channels..][..channels].fill(T::from_sample_(sample));
            });
        },
        move |error| match error.kind() {
            ErrorKind::Xrun => {
                gauges.underruns.fetch_add(1, Ordering::AcqRel);
            }
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {}
            // A server that died calls this without end until the stream is dropped.
            _ => gauges.lost.store(true, Ordering::Release),
        },
        Some(SILENCE),
    );
    stream.map_err(|error| refusal(&error))
}

fn refusal(error: &cpal::Error) -> Refusal {
    let kind = match error.kind() {
        ErrorKind::UnsupportedConfig => FaultKind::Format,
        _ => FaultKind::NoDevice,
    };
    Refusal { kind, said: error.to_string() }
}
