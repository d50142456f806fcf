//! A server whose answers are written down beforehand.

// Each test uses a part of it.
#![allow(dead_code)]

use std::sync::{Arc, Mutex};

use smm_panel_sdk::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The key that every client calls with.
pub(crate) const KEY: &str = "smp_live_ThisKeyIsNeverShown";

/// A server that answers as it is told, and keeps what it was asked.
#[derive(Clone)]
pub(crate) struct Scripted {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Answers each request with the next of `answers`, and with the last one from then on.
    pub(crate) async fn start(answers: Vec<Vec<u8>>) -> Scripted {
        Scripted::answering(move |number, _| {
            answers.get(number).or(answers.last()).unwrap().clone()
        })
        .await
    }

    /// Answers each request with what `answer` makes of its number, from 0 on, and its text.
    pub(crate) async fn answering(
        answer: impl Fn(usize, &str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = asked.clone();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read(&mut stream).await;
                let number = kept.lock().unwrap().len();
                let answer = answer(number, &request);
                kept.lock().unwrap().push(request);
                // A client that has gone away does not matter here.
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            }
        });
        Scripted { url, asked }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url, KEY).unwrap()
    }
}

/// A whole request: its head, and as much body as it announces.
async fn read(stream: &mut TcpStream) -> String {
    let (mut text, mut buffer) = (String::new(), [0_u8; 4096]);
    loop {
        let size = stream.read(&mut buffer).await.unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&buffer[..size]));
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                value.trim().parse().ok().filter(|_| is_length)
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        if size == 0 {
            return text;
        }
    }
}

pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n{headers}\r\n{body}"
    )
    .into_bytes()
}
