//! The socket under each connection: it can be slowed down, be reset, and ends with the server.
//! It refuses to know HTTP; the rules of the scenario reach it through [`Line`].

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// How often a slow connection writes.
const TICKS_PER_SECOND: u32 = 20;

#[derive(Debug, Default)]
struct Switches {
    bytes_per_s: AtomicU32,
    reset: AtomicBool,
    gone: AtomicBool,
}

/// What a request can do to its own connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(Arc<Switches>);

impl Line {
    /// Writes no more than this many bytes a second; 0 is no limit.
    pub(super) fn slow_down(&self, bytes_per_s: u32) {
        self.0.bytes_per_s.store(bytes_per_s, Ordering::Relaxed);
    }

    /// When the connection ends, it ends with a TCP reset.
    pub(super) fn end_with_reset(&self) {
        self.0.reset.store(true, Ordering::Relaxed);
    }

    /// Nothing more is written, not even a reply that is due; the connection ends with a reset.
    pub(super) fn hang_up(&self) {
        self.end_with_reset();
        self.0.gone.store(true, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Door>> for Line {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().line.clone()
    }
}

/// Accepts connections until the server ends.
pub(super) struct Door {
    listener: TcpListener,
    closing: CancellationToken,
}

impl Door {
    pub(super) const fn new(listener: TcpListener, closing: CancellationToken) -> Self {
        Self { listener, closing }
    }
}

impl Listener for Door {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    // Without this, small events wait for the acknowledgement of the last one.
                    let _ = stream.set_nodelay(true);
                    let closing = Box::pin(self.closing.clone().cancelled_owned());
                    return (Wire { stream, line: Line::default(), closing, pause: None }, peer);
                }
                // Out of descriptors, most likely: others will close theirs.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One connection.
pub(super) struct Wire {
    stream: TcpStream,
    line: Line,
    closing: Pin<Box<WaitForCancellationFutureOwned>>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Wire {
    fn poll_closing(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.line.0.gone.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        match self.closing.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::ConnectionAborted.into()),
            Poll::Pending => Ok(()),
        }
    }

    /// How much may be written now; `None` is no limit.
    fn poll_allowance(&mut self, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let rate = self.line.0.bytes_per_s.load(Ordering::Relaxed);
        if rate == 0 {
            self.pause = None;
            return Poll::Ready(None);
        }
        if let Some(pause) = &mut self.pause {
            ready!(pause.as_mut().poll(cx));
        }
        let bytes = (rate / TICKS_PER_SECOND).max(1);
        let wait = Duration::from_secs_f64(f64::from(bytes) / f64::from(rate));
        self.pause = Some(Box::pin(tokio::time::sleep_until(Instant::now() + wait)));
        Poll::Ready(Some(bytes as usize))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_closing(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_closing(cx)?;
        let most = ready!(self.poll_allowance(cx)).unwrap_or(buf.len()).min(buf.len());
        Pin::new(&mut self.stream).poll_write(cx, &buf[..most])
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_closing(cx)?;
        match ready!(self.poll_allowance(cx)) {
            None => Pin::new(&mut self.stream).poll_write_vectored(cx, bufs),
            Some(most) => {
                let first = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| &**buf);
                let most = most.min(first.len());
                Pin::new(&mut self.stream).poll_write(cx, &first[..most])
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.line.0.reset.load(Ordering::Relaxed) {
            // A shutdown would send an orderly end first.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.line.0.reset.load(Ordering::Relaxed) {
            let _ = self.stream.set_zero_linger();
        }
    }
}
