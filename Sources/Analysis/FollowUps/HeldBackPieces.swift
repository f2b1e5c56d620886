import Records

// UDP counts pieces that MSG_MORE or UDP_CORK hold back for one datagram, and drops them all where
// a further one cannot be added (`udp_sendmsg`: `ip_append_data`, then `udp_flush_pending_frames`),
// or where the last one has come and the datagram cannot be sent (`udp_push_pending_frames`).
extension SendCall {
  /// True where UDP holds back what it counts.
  var holdsBack: Bool {
    isUDP && arguments?.flags.contains(.more) == true && arguments?.flags.contains(.probe) == false
      || notes.contains { $0.code == .corkedNotYetSent }
  }

  private var isUDP: Bool {
    guard let socket, socket.type == .datagram else { return false }
    return (socket.family == .inet || socket.family == .inet6)
      && (socket.protocolNumber == 17 || socket.protocolNumber == 136)
  }

  /// What the message that failed did to what was held back.
  enum Fall {
    /// It was to be added: it was too long, its bytes could not be read, or there was no room.
    case added
    /// It may have been refused before that.
    case unclear
  }

  /// Nil where what is held back is still there. `areHeld`: earlier calls left some.
  func fall(_ verdict: Verdict, areHeld: Bool) -> Fall? {
    guard isUDP, verdict.cause == .error, let at = verdict.at, messages.indices.contains(at),
      let bytes = messages[at].bytes, holdsBack || areHeld && at == 0
    else { return nil }
    switch verdict.errno {
    // Longer ones are refused before, but by IPv6.
    case .messageTooLong where bytes > UInt64(UInt16.max):
      return socket?.family == .inet6 ? .unclear : nil
    case .messageTooLong: return .added
    case .badAddress:
      return messages[at].fault == nil && messages[at].payload.fault != nil ? .added : nil
    case .noBuffers, .noMemory:
      // Control messages may take more room than there is, before.
      return messages[at].control?.isEmpty == true ? .added : .unclear
    // Where it is not known what the error was, it may have been one of these.
    case _ where holdsBack: return at > 0 && !verdict.isKnown ? .unclear : nil
    case .again, .interrupted, .notSupported, nil: return nil
    // The last piece sends the datagram, which a firewall may refuse, and segmentation.
    default: return .unclear
    }
  }
}

extension Verdict {
  /// True where it says of the error what it was.
  fileprivate var isKnown: Bool { certainty == .certain || certainty == .observed }
}

/// Pieces that complete calls left held back on their sockets: a later call may be what drops them.
struct HeldBackPieces {
  fileprivate struct Call {
    var sequence: UInt64
    var program: String
    var destination: SocketAddress?
    var count: Int
    var bytes: UInt64
  }

  /// What went down with the message of a call that failed.
  struct Dropped {
    /// Messages of that call, which were counted.
    var own = 0..<0
    /// Messages of which it was not seen whether another system call let them go before.
    var others: [Others] = []
  }

  struct Others {
    var followUp: FollowUp
    var program: String
    var destination: SocketAddress?
  }

  private static let mostSockets = 64
  private static let mostCalls = 64
  /// No datagram has more bytes, whatever the protocol.
  private static let mostBytes: UInt64 = 65527

  fileprivate var calls: [UnsentTails.SocketKey: [Call]] = [:]

  var isEmpty: Bool { calls.isEmpty }

  /// A call has ended.
  mutating func add(
    _ call: SendCall, _ verdict: Verdict, of program: String, on key: UnsentTails.SocketKey
  ) -> Dropped {
    if let at = verdict.at, let fall = call.fall(verdict, areHeld: calls[key] != nil) {
      return drop(call, verdict, at, fall, program, key)
    }
    guard verdict.sent > 0 else { return Dropped() }
    guard call.holdsBack else {
      calls[key] = nil
      return Dropped()
    }
    guard calls[key] != nil || calls.count < Self.mostSockets,
      calls[key, default: []].count < Self.mostCalls
    else { return Dropped() }
    calls[key, default: []].append(
      Call(call, program, count: Int(verdict.sent), bytes: verdict.bytesSent))
    return Dropped()
  }

  private mutating func drop(
    _ call: SendCall, _ verdict: Verdict, _ at: Int, _ fall: SendCall.Fall, _ program: String,
    _ key: UnsentTails.SocketKey
  ) -> Dropped {
    var calls = calls.removeValue(forKey: key) ?? []
    let own = Call(call, program, count: at, bytes: call.messages.prefix(at + 1).bytes)
    let isSure = [.certain, .likely, .observed].contains(verdict.certainty)
    // With those of earlier calls it would be too much, if these are still there.
    let isTooMuch =
      !isSure && verdict.errno == .messageTooLong
      && calls.reduce(own.bytes) { $0 &+ $1.bytes } > Self.mostBytes
    let isUnclear = if case .unclear = fall { true } else { false }
    if !isSure || isUnclear, at > 0 { calls.append(own) }
    let condition =
      if isUnclear {
        "if it was not refused before it came to them and "
      } else if isSure || isTooMuch {
        ""
      } else if verdict.errno == .messageTooLong {
        "if that was too long for what was held back and "
      } else {
        "if it failed with \(verdict.errno?.name ?? "that") and "
      }
    return Dropped(
      own: isSure && fall == .added ? 0..<at : 0..<0,
      others: calls.map { held in
        // Other system calls may send them, as a change of UDP_CORK does.
        let why =
          "they were counted, held back (MSG_MORE, UDP_CORK), and dropped by the kernel with"
          + " message \(at) of call \(call.sequence), \(condition)if nothing had let them go before"
        return Others(
          followUp: FollowUp(
            of: held.sequence, by: nil, how: .unknown, messages: Array(0..<held.count), why: why),
          program: held.program, destination: held.destination)
      })
  }
}

extension HeldBackPieces.Call {
  fileprivate init(_ call: SendCall, _ program: String, count: Int, bytes: UInt64) {
    self.init(
      sequence: call.sequence, program: program,
      destination: call.messages.first?.name ?? call.socket?.peer, count: count, bytes: bytes)
  }
}

extension Collection<Message> {
  fileprivate var bytes: UInt64 { reduce(0) { $0 &+ ($1.bytes ?? 0) } }
}
