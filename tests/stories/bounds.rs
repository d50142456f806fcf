//! Clients that send slowly, or much, or on many connections: they are bounded, and nobody else
//! notices them. The larger attacks are the load tool's, `load attack`.

use std::net::{Ipv4Addr, SocketAddr};

use harness::TestPanel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

mod bodies;
mod connections;

/// A connection from the address 127.0.1.`last`.
async fn connect(panel: &TestPanel, last: u8) -> TcpStream {
    let address = panel.url.trim_start_matches("http://");
    let (address, _) = address.split_once('/').unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    let from = Ipv4Addr::new(127, 0, 1, last);
    socket.bind(SocketAddr::new(from.into(), 0)).unwrap();
    socket.connect(address.parse().unwrap()).await.unwrap()
}

/// The head of a request for `path` with a body of `length` bytes.
fn head(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: panel\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    )
}

/// Everything until the connection is closed; what was reset is closed.
async fn rest_of(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    // A reset says no more than that it is closed.
    let _ = stream.read_to_end(&mut text).await;
    String::from_utf8(text).unwrap()
}

/// An answer on a connection that stays open: its head and its body.
async fn answer_of(stream: &mut TcpStream) -> (String, String) {
    let mut text = Vec::new();
    loop {
        let all = String::from_utf8(text.clone()).unwrap();
        if let Some((head, body)) = all.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return (head.to_owned(), body.to_owned());
            }
        }
        assert!(
            stream.read_buf(&mut text).await.unwrap() > 0,
            "closed after {all:?}"
        );
    }
}

/// Sends `text` and gives the answer.
async fn exchange(stream: &mut TcpStream, text: &str) -> (String, String) {
    stream.write_all(text.as_bytes()).await.unwrap();
    answer_of(stream).await
}
