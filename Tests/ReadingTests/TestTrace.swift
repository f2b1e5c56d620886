import Glibc
import Records

/// Records to read.
enum TestTrace {
  static let time: UInt64 = 1_795_230_765_123_456_789

  /// The records of the goldens of the outputs; nil where the file is not there.
  static let golden: [UInt8]? = {
    let here = String(#filePath.dropLast("ReadingTests/TestTrace.swift".count))
    guard let file = unsafe fopen(here + "OutputTests/Goldens/records.jsonl", "rb") else {
      return nil
    }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    while true {
      let byte = unsafe getc(file)
      guard byte >= 0 else { return bytes }
      bytes.append(UInt8(truncatingIfNeeded: byte))
    }
  }()

  static var call: SendCall {
    let message = Message(
      index: 0,
      header: MessageHeader(
        name: RemoteAddress(0x1000), nameLength: 16, iovecs: RemoteAddress(0x2000), iovecCount: 1,
        control: .null, controlLength: 0, flags: []),
      bytes: 6, sentLength: 6,
      name: SocketAddress(
        family: .inet, form: .inet(address: 0x7f00_0001, port: 9999), raw: nil),
      iovecs: [IOVector(base: RemoteAddress(0x3000), length: 6)],
      payload: Payload(data: Array("onetwo".utf8)[...], truncated: false, fault: nil), control: [],
      fault: nil, truncated: false)
    return SendCall(
      sequence: 7, time: time, monotonic: 123_456, duration: 65_000, pid: 4711, tid: 4713,
      comm: "app", abi: .x86_64, syscall: .sendmmsg,
      arguments: SendArguments(
        fd: 3, vector: RemoteAddress(0x7ffd_1000), vectorLength: 1, flags: []),
      socket: nil, result: .returned(1), messages: [message], notes: [])
  }

  static let verdict = Verdict(
    outcome: .complete, asked: 1, sent: 1, bytesAsked: 6, bytesSent: 6)

  static var event: TraceEvent { .call(call, verdict) }

  static var end: TraceEvent {
    .end(
      TraceEnd(
        time: time, calls: 1, messagesAsked: 1, messagesSent: 1, bytesSent: 6,
        outcomes: [(.complete, 1)], lost: 0, leftOut: 0, queueWaits: 0, exit: .exited(0)))
  }

  static var start: TraceEvent {
    .start(
      TraceStart(
        version: "0.1.0", time: time, command: ["./app"], pids: [4711], kernel: "6.18.44",
        stops: .seccomp, sees: ["sendmmsg"], blindTo: ["sendmsg"]))
  }
}
