package import Records

/// Records with every field filled by chance, within the types and the contract's bounds.
extension SeededGenerator {
  package mutating func event() -> TraceEvent {
    switch Int.random(in: 0..<9, using: &self) {
    case 0: .start(start())
    case 1: .followUp(followUp())
    case 2: .process(process())
    case 3: .end(end())
    default: .call(call(), verdict())
    }
  }

  private mutating func pick<Value: CaseIterable>(_: Value.Type = Value.self) -> Value {
    // An enum without cases has no values to be asked for.
    let cases = Array(Value.allCases)
    return cases[Int.random(in: cases.indices, using: &self)]
  }

  private mutating func pid() -> Int32 { Int32.random(in: 0...Int32.max, using: &self) }

  private mutating func start() -> TraceStart {
    TraceStart(
      version: nastyText(upTo: 4), time: number(), command: maybe { [$0.nastyText(upTo: 9), ""] },
      pids: [pid()], kernel: nastyText(upTo: 5), stops: pick(), sees: ["sendmmsg"],
      blindTo: [nastyText(upTo: 5)],
      localPorts: maybe {
        let port = UInt16.random(in: 0...UInt16.max, using: &$0)
        return port...UInt16.random(in: port...UInt16.max, using: &$0)
      },
      previous: maybe { $0.nastyText(upTo: 5) })
  }

  private mutating func followUp() -> FollowUp {
    FollowUp(
      of: number(), by: maybe { $0.number() }, how: pick(),
      messages: (0..<Int.random(in: 0...5, using: &self)).map { $0 * $0 },
      why: nastyText(upTo: 30), isOnlySendmmsg: Bool.random(using: &self),
      isFinal: Bool.random(using: &self))
  }

  private mutating func process() -> ProcessEvent {
    ProcessEvent(
      time: number(), kind: pick(), pid: pid(), tid: pid(), innerPid: maybe { $0.pid() },
      parent: maybe { $0.pid() }, comm: maybe { $0.nastyText(upTo: 9) }, abi: maybe { $0.pick() },
      threads: maybe { Int($0.number(UInt16.self)) }, code: maybe { Int32($0.number(UInt8.self)) },
      signal: maybe { Signal(rawValue: Int32($0.number(Int8.self))) },
      why: maybe { $0.nastyText(upTo: 30) })
  }

  private mutating func end() -> TraceEnd {
    let outcomes = Verdict.Outcome.allCases.filter { _ in Bool.random(using: &self) }
    return TraceEnd(
      time: number(), calls: number(), messagesAsked: number(), messagesSent: number(),
      bytesSent: number(), outcomes: outcomes.map { ($0, number()) }, lost: number(),
      leftOut: number(), queueWaits: number(),
      exit: maybe {
        Bool.random(using: &$0) ? .exited(3) : .killed(Signal(rawValue: Int32($0.pid() % 70)))
      }, losses: losses())
  }

  private mutating func losses() -> Losses {
    var losses = Losses()
    losses.causes = Verdict.Cause.allCases.filter { _ in Bool.random(using: &self) }
      .map { ($0, number()) }
    losses.total.dropped = number()
    losses.total.droppedSoFar = number()
    losses.total.droppedBytes = number()
    losses.rows = (0..<Int.random(in: 0...3, using: &self)).map { _ in
      Losses.Row(program: nastyText(upTo: 9), destination: nil)
    }
    losses.sentences = [nastyText(upTo: 30)]
    losses.isOnlySendmmsg = Bool.random(using: &self)
    return losses
  }

  private mutating func call() -> SendCall {
    let count = Int.random(in: 0...6, using: &self)
    return SendCall(
      sequence: max(1, number()), time: number(), monotonic: number(),
      duration: maybe { $0.number() }, pid: pid(), tid: pid(), comm: nastyText(upTo: 12),
      abi: pick(), syscall: Bool.random(using: &self) ? .sendmmsg : .socketcall,
      arguments: maybe {
        SendArguments(
          fd: $0.number(), vector: RemoteAddress($0.number()), vectorLength: $0.number(),
          flags: SendFlags(rawValue: $0.number()))
      }, socket: maybe { $0.socket() }, result: result(),
      messages: (0..<count).map { message($0) },
      notes: (0..<Int.random(in: 0...2, using: &self)).map { _ in
        Note(code: pick(), message: maybe { _ in 3 }, text: nastyText(upTo: 30))
      })
  }

  private mutating func result() -> CallResult {
    switch Int.random(in: 0..<3, using: &self) {
    case 0: .returned(number())
    case 1: .failed(Errno(rawValue: Int32.random(in: 0...600, using: &self)))
    default: .unfinished
    }
  }

  private mutating func verdict() -> Verdict {
    Verdict(
      outcome: pick(), cause: maybe { $0.pick() }, at: maybe { Int($0.number(UInt8.self) % 8) },
      errno: maybe { Errno(rawValue: Int32($0.number(UInt8.self))) },
      certainty: maybe { $0.pick() }, source: maybe { $0.pick() },
      why: maybe { $0.nastyText(upTo: 60) },
      candidates: (0..<Int.random(in: 0...2, using: &self)).map { _ in
        Verdict.Candidate(errno: .badAddress, certainty: pick(), why: nastyText(upTo: 40))
      }, asked: number(), sent: number(UInt32.self) % 6, uncounted: number(UInt32.self) & 1,
      bytesAsked: number(), bytesSent: number())
  }

  private mutating func message(_ index: Int) -> Message {
    let iovecs = (0..<Int.random(in: 0...3, using: &self)).map { _ in
      IOVector(base: RemoteAddress(number()), length: number())
    }
    return Message(
      index: index,
      header: maybe {
        MessageHeader(
          name: RemoteAddress($0.number()), nameLength: $0.number(),
          iovecs: RemoteAddress($0.number()), iovecCount: $0.number(),
          control: RemoteAddress($0.number()), controlLength: $0.number(),
          flags: SendFlags(rawValue: $0.number()))
      }, bytes: maybe { $0.number() }, sentLength: maybe { $0.number() },
      name: maybe { $0.address() }, iovecs: maybe { _ in iovecs[...] },
      payload: Payload(
        data: maybe { $0.nastyBytes(upTo: 40)[...] }, truncated: Bool.random(using: &self),
        fault: maybe { RemoteAddress($0.number()) }, hint: maybe { $0.nastyText(upTo: 30) }),
      control: maybe { $0.control() }, segmentation: maybe { $0.segmentation() },
      fault: maybe { RemoteAddress($0.number()) },
      truncated: Bool.random(using: &self),
      unreadable: maybe { [$0.unreadable()] } ?? [], mutated: maybe { [$0.pick()] })
  }

  private mutating func unreadable() -> UnreadablePart {
    UnreadablePart(
      part: pick(), address: RemoteAddress(number()), bytes: nastyBytes(upTo: 40), available: 7,
      wanted: 16, effect: nastyText(upTo: 40))
  }

  private mutating func segmentation() -> Segmentation {
    Segmentation(
      source: pick(), size: number(),
      pieces: maybe { Segmentation.Pieces(count: $0.number(), last: $0.number()) })
  }

  private mutating func control() -> [ControlMessage] {
    (0..<Int.random(in: 0...2, using: &self)).map { _ in
      ControlMessage(
        level: number(), type: number(), length: number(), data: nastyBytes(upTo: 40),
        value: maybe { $0.fields(["alpha", "beta", "gamma"]) }, status: maybe { $0.pick() },
        why: maybe { $0.nastyText(upTo: 20) })
    }
  }

  private mutating func socket() -> SocketDescription {
    SocketDescription(
      family: AddressFamily(rawValue: number(UInt16.self) % 50),
      type: SocketType(rawValue: number()), protocolNumber: number(), inode: number(),
      nonblocking: Bool.random(using: &self), local: maybe { $0.address() },
      peer: maybe { $0.address() })
  }

  private mutating func address() -> SocketAddress {
    let form: SocketAddress.Form =
      switch Int.random(in: 0..<7, using: &self) {
      case 0: .inet(address: number(), port: number())
      case 1:
        .inet6(
          address: IPv6Address(high: number(), low: number()), port: number(), flowInfo: number(),
          scope: number())
      case 2: .unix(.unnamed)
      case 3: .unix(.path(nastyBytes(upTo: 30)))
      case 4: .unix(.abstract(nastyBytes(upTo: 30)))
      case 5: .fields(fields(["cid", "type", "halen", "name"]))
      default: .undecoded
      }
    return SocketAddress(
      family: maybe { AddressFamily(rawValue: $0.number()) }, form: form,
      scopeName: maybe { $0.nastyBytes(upTo: 15) },
      raw: maybe { $0.nastyBytes(upTo: 20) })
  }

  /// Fields of these names, which must not be twice the same.
  private mutating func fields(_ names: [String]) -> [Field] {
    names.filter { _ in Bool.random(using: &self) }.map { Field($0, fieldValue(depth: 2)) }
  }

  private mutating func fieldValue(depth: Int) -> FieldValue {
    switch Int.random(in: 0..<(depth > 0 ? 13 : 11), using: &self) {
    case 0: .null
    case 1: .flag(Bool.random(using: &self))
    case 2: .number(number())
    case 3: .unsigned(number())
    case 4: .name("ALG_OP_ENCRYPT")
    case 5, 6: .text(nastyBytes(upTo: 20))
    case 7: .bytes(nastyBytes(upTo: 20))
    case 8: .hardwareAddress(nastyBytes(upTo: 8))
    case 9: .ipv6(IPv6Address(high: number(), low: number()))
    case 10: .flags(number(), ["ONE", "0x80"])
    case 11: .list([fieldValue(depth: depth - 1), fieldValue(depth: depth - 1)])
    default:
      .address(SocketAddress(family: .alg, form: .unix(.path(nastyBytes(upTo: 9))), raw: nil))
    }
  }
}
