import Records

/// What helps against a shortfall: by its errno, and by the family where that makes a difference.
///
/// Where offering the same once more would fail once more, it says what to change first.
enum ShortfallFix {
  static let goOn = "offer the messages from the returned count on once more"
  private static let tooLong = "cut that message or leave it out, and go on behind it"
  private static let noWay = "see that there is a way to that destination, or leave it out"

  /// The same for a program that left the message out already, which is what lost it.
  static func ofLeftOut(_ fix: String?) -> String {
    switch fix {
    case tooLong: "cut that message into smaller ones: it was left out, and lost by that"
    case noWay: "see that there is a way to that destination: what was left out is lost"
    case let fix?: fix
    case nil: "offer that message again, or make it one that the kernel takes"
    }
  }

  /// Nil where nothing is known that helps.
  static func of(_ verdict: Verdict, on socket: SocketDescription?) -> String? {
    switch verdict.cause {
    case nil, .unconsumedMessage: return nil
    case .cap: return "offer at most 1024 messages in a call, or go on from the count returned"
    case .interrupted: return verdict.outcome == .failed ? "call again" : goOn
    case .shortMessage:
      return "offer the rest of the last counted message, and what stands behind it"
    case .uncountedSend: return "let msg_len lie in memory that can be written"
    case .callError: return verdict.errno.flatMap { ofCall($0) }
    case .error: break
    }
    guard let errno = verdict.errno, verdict.isSure else { return goOn }
    return ofMessage(errno, socket?.family, isDatagrams: socket?.type == .datagram)
  }

  /// Of a call that was refused before any message was looked at.
  private static func ofCall(_ errno: Errno) -> String? {
    switch errno {
    case .badDescriptor, .notSocket: "the descriptor is no open socket: see who closed it"
    case .noSystemCall: "send by sendmsg where there is no sendmmsg"
    case .invalidArgument: "leave out MSG_CMSG_COMPAT"
    default: nil
    }
  }

  private static func ofMessage(
    _ errno: Errno, _ family: AddressFamily?, isDatagrams: Bool
  ) -> String? {
    let isInternet = family == .inet || family == .inet6
    switch errno {
    case .again: return "wait until the socket takes more (poll for POLLOUT), then go on"
    case .noBuffers, .noMemory: return "there was no room for it: go on a little later"
    case .interrupted: return "call again"
    case .messageTooLong: return tooLong
    case .accessDenied where isInternet:
      return "set SO_BROADCAST to send to a broadcast address; else see what forbids this one"
    case .accessDenied where family == .unix, .notPermitted where family == .unix:
      return "see that the program may write to the receiver's socket"
    case .notPermitted, .accessDenied:
      return "see what forbids it: a firewall, BPF, or a lack of rights"
    case .invalidArgument:
      return "mend that message, its address and its control messages: it is refused each time"
    case .destinationRequired: return "name a destination, or connect the socket first"
    case .notConnected: return "connect the socket first"
    case .isConnected: return "name no destination on a connected socket"
    case .familyNotSupported: return "give an address of the socket's own family"
    case .addressNotAvailable: return "send from an address that this machine has"
    case .brokenPipe, .connectionReset:
      return "make a new connection: nothing can be sent on this one"
    case .noEntry where family == .unix: return "see that the receiver has bound its socket there"
    case .connectionRefused where family == .unix:
      return "see that the receiver runs: nobody has that socket open"
    case .connectionRefused where isInternet && isDatagrams:
      return "offer that message again: the error belongs to a datagram sent before it"
    case .badAddress: return "let all of the message lie in memory that can be read"
    case .badDescriptor: return "pass open descriptors only (SCM_RIGHTS)"
    case .tooManyReferences: return "pass fewer descriptors that nobody has received yet"
    case .networkUnreachable, .hostUnreachable, .networkDown:
      return noWay
    case .notSupported:
      return "leave out the flag or the control message that the socket does not know"
    case .wrongProtocolType: return "send to a socket of the same type"
    default: return nil
    }
  }
}

extension Verdict {
  /// True where the errno is more than a guess.
  fileprivate var isSure: Bool {
    switch certainty {
    case .observed, .certain, .likely: true
    case .possible, .unknown, nil: false
    }
  }
}
