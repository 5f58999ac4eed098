//! The wire between the core and the service: a relay that counts bytes, and ends the core at one of them.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use super::plan::{At, bytes};
use super::process::Victim;

/// The relay.
#[derive(Clone)]
pub(super) struct Wire {
    shared: Arc<Shared>,
}

struct Shared {
    service: u16,
    victim: Victim,
    /// Where to end the core, and how many calls that create or cancel pass before.
    armed: Mutex<Option<(u32, At)>>,
    /// Lets the requests go on that were held back.
    release: Notify,
    /// Requests held back.
    late: TaskTracker,
}

impl Wire {
    /// Begins to relay to the service's port; answers the relay and its own port.
    pub(super) async fn open(service: u16, victim: Victim) -> Result<(Self, u16)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            service,
            victim,
            armed: Mutex::new(None),
            release: Notify::new(),
            late: TaskTracker::new(),
        });
        let relay = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((core, _)) = listener.accept().await {
                let relay = Arc::clone(&relay);
                // A connection that breaks is what this is for.
                tokio::spawn(async move { drop(relay.carry(core).await) });
            }
        });
        Ok((Self { shared }, port))
    }

    /// Ends the core at `at` of the call after `nth` others.
    pub(super) fn arm(&self, nth: u32, at: At) {
        *self.shared.lock() = Some((nth, at));
    }

    /// Ends nothing any more.
    pub(super) fn disarm(&self) {
        *self.shared.lock() = None;
    }

    /// Lets go what was held back.
    pub(super) fn release(&self) {
        self.shared.release.notify_waiters();
    }

    /// Lets go what was held back, and waits until it has arrived.
    pub(super) async fn all_arrived(&self) {
        self.shared.late.close();
        let arrived = self.shared.late.wait();
        tokio::pin!(arrived);
        loop {
            self.release();
            tokio::select! {
                () = &mut arrived => break,
                () = tokio::task::yield_now() => {}
            }
        }
        self.shared.late.reopen();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(u32, At)>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the plan if this call is the one.
    fn due(&self) -> Option<At> {
        let mut armed = self.lock();
        match armed.as_mut() {
            Some((0, at)) => {
                let at = *at;
                *armed = None;
                Some(at)
            }
            Some((before, _)) => {
                *before -= 1;
                None
            }
            None => None,
        }
    }

    async fn carry(self: Arc<Self>, mut core: TcpStream) -> std::io::Result<()> {
        let request = whole_message(&mut core).await?;
        // Calls with an effect come alone on their connection.
        let has_effect = request.starts_with(b"POST ") || request.starts_with(b"PUT ");
        let at = if has_effect { self.due() } else { None };
        if at == Some(At::Late) {
            let shared = Arc::clone(&self);
            self.late
                .spawn(async move { drop(shared.deliver_late(request).await) });
            self.victim.kill();
            return Ok(());
        }
        let mut service = TcpStream::connect((Ipv4Addr::LOCALHOST, self.service)).await?;
        if let Some(At::Request(share)) = at {
            service.write_all(&request[..bytes(share, request.len())]).await?;
            service.flush().await?;
            self.victim.kill();
            // A dead program's connection is closed by its computer; what was sent arrives.
            service.shutdown().await?;
            let mut unheard = Vec::new();
            service.read_to_end(&mut unheard).await?;
            return Ok(());
        }
        service.write_all(&request).await?;
        if let Some(At::Answer(share)) = at {
            let answer = whole_message(&mut service).await?;
            core.write_all(&answer[..bytes(share, answer.len())]).await?;
            core.flush().await?;
            self.victim.kill();
            return Ok(());
        }
        tokio::io::copy_bidirectional(&mut core, &mut service).await?;
        Ok(())
    }

    async fn deliver_late(&self, request: Vec<u8>) -> std::io::Result<()> {
        self.release.notified().await;
        let mut service = TcpStream::connect((Ipv4Addr::LOCALHOST, self.service)).await?;
        service.write_all(&request).await?;
        whole_message(&mut service).await.map(drop)
    }
}

/// One HTTP/1.1 message: its head, and as much body as it says.
async fn whole_message(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut message = Vec::new();
    loop {
        if let Some(end) = message.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&message[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .and_then(|length| length.trim().parse::<usize>().ok())
                .unwrap_or(0);
            if message.len() >= end + 4 + length {
                return Ok(message);
            }
        }
        if stream.read_buf(&mut message).await? == 0 {
            return Ok(message);
        }
    }
}
