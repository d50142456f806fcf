//! The least HTTP/1.1 that measures a panel: one connection, kept alive, one request at a time,
//! answers with a Content-Length. Anything else is an error, which is counted.

use std::net::SocketAddr;

use anyhow::{Context, Result, anyhow, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Where a panel is, taken apart once.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    address: SocketAddr,
    host: String,
    /// A form's request up to the number of its Content-Length.
    head: String,
}

impl Target {
    /// Reads `http://HOST:PORT/PATH`, where the host is an IP address.
    pub(crate) fn parse(url: &str) -> Result<Target> {
        let rest = url.strip_prefix("http://");
        let rest = rest.with_context(|| format!("{url} does not begin with http://"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let address = host
            .parse()
            .with_context(|| format!("{host} is not an IP address and a port"))?;
        let head = format!(
            "POST /{path} HTTP/1.1\r\nHost: {host}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n"
        );
        let host = host.to_owned();
        Ok(Target {
            address,
            host,
            head,
        })
    }

    /// Its address and port.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

/// A connection that is kept alive.
pub(crate) struct Connection {
    stream: TcpStream,
    host: String,
    head: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// An answer, as long as no other is asked for.
pub(crate) struct Answer<'a> {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body, compressed if that was asked for.
    pub(crate) body: &'a [u8],
}

impl Connection {
    /// Connects. With `gzip`, every request says that it takes compressed answers.
    pub(crate) async fn open(target: &Target, gzip: bool) -> Result<Connection> {
        let stream = TcpStream::connect(target.address)
            .await
            .with_context(|| format!("no panel answers at {}", target.address))?;
        stream.set_nodelay(true)?;
        let mut head = target.head.clone();
        if gzip {
            head.push_str("Accept-Encoding: gzip\r\n");
        }
        head.push_str("Content-Length: ");
        Ok(Connection {
            stream,
            host: target.host.clone(),
            head,
            request: Vec::with_capacity(1024),
            answer: Vec::with_capacity(16 * 1024),
        })
    }

    /// Sends a form and waits for the whole answer.
    pub(crate) async fn post(&mut self, form: &str) -> Result<Answer<'_>> {
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        self.request
            .extend_from_slice(form.len().to_string().as_bytes());
        self.request.extend_from_slice(b"\r\n\r\n");
        self.request.extend_from_slice(form.as_bytes());
        self.exchange().await
    }

    /// Sends a request of the typed API, such as `GET /api/v3/wallet`, with a JSON body or an
    /// empty one, and waits for the whole answer.
    pub(crate) async fn typed(&mut self, call: &str, key: &str, json: &str) -> Result<Answer<'_>> {
        let head = format!(
            "{call} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
            self.host,
            json.len()
        );
        self.request.clear();
        self.request.extend_from_slice(head.as_bytes());
        self.exchange().await
    }

    async fn exchange(&mut self) -> Result<Answer<'_>> {
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let (status, start, end) = loop {
            let read = self.stream.read_buf(&mut self.answer).await?;
            if read == 0 {
                bail!("the connection was closed in the middle of an answer");
            }
            if let Some((status, start, length)) = head_of(&self.answer)? {
                break (status, start, start + length);
            }
        };
        while self.answer.len() < end {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                bail!("the connection was closed in the middle of an answer");
            }
        }
        let body = self.answer.get(start..end);
        let body = body.ok_or_else(|| anyhow!("an answer is shorter than it says"))?;
        Ok(Answer { status, body })
    }
}

/// Status, length of the head and length of the body; `None` while the head is not complete.
fn head_of(bytes: &[u8]) -> Result<Option<(u16, usize, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let status = status.and_then(|word| word.parse().ok());
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    });
    match (status, length) {
        (Some(status), Some(length)) => Ok(Some((status, end + 4, length))),
        _ => bail!("an answer without a status or a Content-Length: {head:?}"),
    }
}
