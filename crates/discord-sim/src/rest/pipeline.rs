//! The way of one request: every check in Discord's order, the faults, and what is noted about it.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderValue, Method, Response, StatusCode, header},
};
use serde_json::{Value, json};

use crate::{
    error::ApiError,
    events::ClientEvent,
    faults::{LimitScope, RestFault, Verdict, WritePoint},
    id::now_ms,
    observe::{RequestRecord, ViolationKind},
    ratelimit::{BucketReport, Exceeded},
    rest::{
        Call, Reply, body,
        routes::{self, Matched, Spec},
    },
    server::KillSwitch,
    state::{Core, State},
};

/// What is known of a request once its head is read.
struct Head {
    method: Method,
    path: String,
    query: String,
    authorization: Option<String>,
}

/// An answer with the headers of its bucket.
struct Answer {
    reply: Result<Reply, ApiError>,
    bucket: Option<BucketReport>,
    exceeded: Option<(Exceeded, LimitScope)>,
}

impl Answer {
    fn plain(reply: Result<Reply, ApiError>) -> Self {
        Self { reply, bucket: None, exceeded: None }
    }
}

/// Handles any request that is neither gateway nor CDN.
pub(crate) async fn handle(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(kill): ConnectInfo<KillSwitch>,
    request: Request,
) -> Response<Body> {
    // A client that gives up must not undo a request that has arrived, so the work goes on in a task of its own.
    let task = tokio::spawn(async move { answer(&core, &kill, request).await });
    task.await.unwrap_or_else(|_| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

async fn answer(core: &Arc<Core>, kill: &KillSwitch, request: Request) -> Response<Body> {
    let uri = request.uri();
    let head = Head {
        method: request.method().clone(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        authorization: request
            .headers()
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    };
    let matched = routes::find(&head.method, &head.path);
    let received = body::read(request).await;
    let (number, write) = core.write(|state| state.note_arrival(&head, &matched, received.as_ref().ok()));
    let (spec, call) = match check(core, &head, matched, received) {
        Ok(ready) => ready,
        Err(error) => return finish(core, number, &head, Answer::plain(Err(error))),
    };

    if let Some(write) = write
        && stand_by(core, write, WritePoint::BeforeExecuting).await == Verdict::Abandon
    {
        return cut(core, kill, &head);
    }
    let fault = core.write(|state| state.choose_fault(number, &head, spec));
    match &fault {
        Some(RestFault::FailBefore(status)) => {
            return finish(core, number, &head, Answer::plain(Err(failure(*status))));
        }
        Some(RestFault::CutBefore) => return cut(core, kill, &head),
        Some(RestFault::DelayBefore(duration)) => tokio::time::sleep(*duration).await,
        Some(RestFault::RateLimited { retry_after, scope }) => {
            let exceeded = Exceeded { retry_after: *retry_after, global: *scope == LimitScope::Global, report: None };
            return finish(core, number, &head, limited(exceeded, *scope));
        }
        _ => {}
    }
    let answer = core.write(|state| state.execute(number, spec, &call));
    if let Some(write) = write
        && stand_by(core, write, WritePoint::BeforeAnswering).await == Verdict::Abandon
    {
        return cut(core, kill, &head);
    }
    let response = match fault {
        Some(RestFault::FailAfter(status)) => finish(core, number, &head, Answer::plain(Err(failure(status)))),
        Some(RestFault::CutAfter) => return cut(core, kill, &head),
        Some(RestFault::CutBody) => {
            let response = finish(core, number, &head, answer);
            let length = axum::body::HttpBody::size_hint(response.body()).lower();
            // Where there is no body to cut, the head is cut.
            kill.after_bytes(if length == 0 { 0 } else { head_bytes(&response, length) + length / 2 });
            response
        }
        Some(RestFault::DelayAfter(duration)) => {
            tokio::time::sleep(duration).await;
            finish(core, number, &head, answer)
        }
        _ => finish(core, number, &head, answer),
    };
    if let Some(write) = write
        && let Some(held) = core.write(|state| state.faults.hold_of(write, WritePoint::AfterAnswering))
    {
        // The answer leaves after this function returns; whoever stands by is told when it has been written. Requests on
        // one connection follow each other, so the next write is this answer.
        let mut writes = kill.writes();
        core.spawn(async move {
            // An error means that the connection is gone, and with it the answer.
            let _ = writes.changed().await;
            held.stand_by().await;
        });
    }
    response
}

/// Everything that can be wrong with a request before it touches the state.
fn check(
    core: &Arc<Core>,
    head: &Head,
    matched: Matched,
    received: Result<body::Received, ApiError>,
) -> Result<(&'static Spec, Call), ApiError> {
    let violation = |kind, text: &str| {
        core.write(|state| state.observed.violation(kind, format!("{} {}: {text}", head.method, head.path)));
    };
    let (spec, params) = match matched {
        Matched::Route(spec, params) => (spec, params),
        Matched::WrongMethod => {
            violation(ViolationKind::UnknownRoute, "this path does not take the method");
            return Err(ApiError::method_not_allowed());
        }
        Matched::Nothing => {
            violation(ViolationKind::UnknownRoute, "no such route");
            return Err(ApiError::not_found());
        }
    };
    let scheme_and_token = head.authorization.as_deref().and_then(|value| value.split_once(' '));
    if spec.needs_token && scheme_and_token != Some(("Bot", core.options.token.as_str())) {
        violation(ViolationKind::Unauthorized, "the Authorization header is not `Bot` and the right token");
        return Err(ApiError::unauthorized());
    }
    let received = received.inspect_err(|error| violation(ViolationKind::InvalidBody, &error.message))?;
    let query = url_query(&head.query);
    Ok((spec, Call { params, query, body: received.json, files: received.files }))
}

async fn stand_by(core: &Arc<Core>, write: u64, point: WritePoint) -> Verdict {
    match core.write(|state| state.faults.hold_of(write, point)) {
        Some(held) => held.stand_by().await,
        None => Verdict::Continue,
    }
}

impl State {
    fn note_arrival(
        &mut self,
        head: &Head,
        matched: &Matched,
        received: Option<&body::Received>,
    ) -> (u64, Option<u64>) {
        let write = (head.method != Method::GET).then(|| self.faults.count_write());
        if write.is_some() {
            self.observed.counters.writes += 1;
        }
        let path = routes::below_api(&head.path).unwrap_or(&head.path);
        let number = self.observed.received(RequestRecord {
            number: 0,
            write,
            method: head.method.to_string(),
            route: match matched {
                Matched::Route(spec, _) => spec.pattern.to_owned(),
                Matched::WrongMethod | Matched::Nothing => path.to_owned(),
            },
            path: path.to_owned(),
            query: head.query.clone(),
            body: received.map_or(Value::Null, |received| received.json.clone()),
            files: received
                .map(|received| received.files.iter().map(|file| file.filename.clone()).collect())
                .unwrap_or_default(),
            received_at_ms: now_ms(),
            status: None,
            error_code: None,
            executed: false,
            fault: None,
        });
        (number, write)
    }

    fn choose_fault(&mut self, number: u64, head: &Head, spec: &Spec) -> Option<RestFault> {
        let fault = self.faults.rest_fault(head.method.as_str(), spec.pattern)?;
        if let Some(record) = self.observed.record(number) {
            record.fault = Some(fault.clone());
        }
        Some(fault)
    }

    /// Counts the request against its limits and runs it.
    fn execute(&mut self, number: u64, spec: &Spec, call: &Call) -> Answer {
        let key = format!("{} {}|{}", spec.method, spec.pattern, call.param(spec.major));
        let bucket = match self.limiter.count(spec.bucket, &key) {
            Ok(bucket) => bucket,
            Err(exceeded) => return limited(exceeded, LimitScope::User),
        };
        let reply = (spec.run)(self, call);
        if let Some(record) = self.observed.record(number) {
            record.executed = reply.is_ok();
            if let Err(error) = &reply
                && matches!(error.code, 50006 | 50035)
            {
                let details = error.errors.as_ref().map(Value::to_string).unwrap_or_default();
                let text = format!("{} {}: {} {details}", record.method, record.path, error.message);
                self.observed.violation(ViolationKind::InvalidForm, text);
            }
        }
        Answer { reply, bucket, exceeded: None }
    }
}

fn limited(exceeded: Exceeded, scope: LimitScope) -> Answer {
    let error = ApiError::rate_limited(exceeded.retry_after);
    let scope = if exceeded.global { LimitScope::Global } else { scope };
    Answer { reply: Err(error), bucket: exceeded.report.clone(), exceeded: Some((exceeded, scope)) }
}

fn failure(status: u16) -> ApiError {
    let text = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("Error");
    ApiError::new(status, 0, &format!("{status}: {text}"))
}

/// Notes the answer and builds it.
fn finish(core: &Arc<Core>, number: u64, head: &Head, answer: Answer) -> Response<Body> {
    let Answer { reply, bucket, exceeded } = answer;
    let (status, body, code, retry_after_s) = match reply {
        Ok(reply) => (reply.status, reply.body, None, None),
        Err(error) => {
            let mut body = error.body();
            if let Some((exceeded, _)) = &exceeded {
                body["global"] = json!(exceeded.global);
            }
            (error.status, Some(body), Some(error.code), error.retry_after_s)
        }
    };
    let shared = matches!(&exceeded, Some((_, LimitScope::Shared)));
    core.write(|state| {
        let counters = &mut state.observed.counters;
        counters.rate_limited += u64::from(status == 429);
        counters.invalid_requests += u64::from(matches!(status, 401 | 403 | 429) && !shared);
        if let Some(record) = state.observed.record(number) {
            record.status = Some(status);
            record.error_code = code;
        }
        state.show_answer(head, Some(status));
    });
    let has_body = body.is_some();
    let mut response = Response::new(body.map_or_else(Body::empty, |body| Body::from(body.to_string())));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut put = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    if has_body {
        put("content-type", "application/json".to_owned());
    }
    if let Some(report) = bucket {
        let reset_at_s = now_ms() as f64 / 1000.0 + report.reset_after.as_secs_f64();
        put("x-ratelimit-limit", report.limit.to_string());
        put("x-ratelimit-remaining", report.remaining.to_string());
        put("x-ratelimit-reset", format!("{reset_at_s:.3}"));
        put("x-ratelimit-reset-after", seconds(report.reset_after));
        put("x-ratelimit-bucket", report.hash);
    }
    if let Some((exceeded, scope)) = exceeded {
        if exceeded.global {
            put("x-ratelimit-global", "true".to_owned());
        }
        let scope = match scope {
            LimitScope::User => "user",
            LimitScope::Global => "global",
            LimitScope::Shared => "shared",
        };
        put("x-ratelimit-scope", scope.to_owned());
    }
    if let Some(seconds) = retry_after_s {
        put("retry-after", (seconds.ceil().max(1.0) as u64).to_string());
    }
    response
}

/// Seconds with three decimals, as Discord writes them.
fn seconds(duration: Duration) -> String {
    format!("{:.3}", duration.as_secs_f64())
}

/// Cuts the connection instead of answering.
fn cut(core: &Arc<Core>, kill: &KillSwitch, head: &Head) -> Response<Body> {
    kill.now();
    core.write(|state| state.show_answer(head, None));
    Response::new(Body::empty())
}

impl State {
    fn show_answer(&self, head: &Head, status: Option<u16>) {
        self.show(ClientEvent::Answered {
            method: head.method.to_string(),
            path: routes::below_api(&head.path).unwrap_or(&head.path).to_owned(),
            status,
        });
    }
}

/// Bytes of an answer's status line and headers, with those that the HTTP library adds.
fn head_bytes(response: &Response<Body>, length: u64) -> u64 {
    let reason = response.status().canonical_reason().unwrap_or_default();
    let date = "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let added = format!("HTTP/1.1 200 {reason}\r\ncontent-length: {length}\r\n{date}\r\n");
    let headers = response.headers().iter();
    added.len() as u64 + headers.map(|(name, value)| (name.as_str().len() + value.len() + 4) as u64).sum::<u64>()
}

/// Splits `a=1&b=2`, undoing percent signs.
fn url_query(query: &str) -> std::collections::HashMap<String, String> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (routes::percent_decode(name), routes::percent_decode(value))
        })
        .collect()
}
