import Records

extension MessageExaminer {
  /// Why a message that is counted is not on its way.
  enum Less {
    case probe
    case more
    case corked

    init?(_ flags: SendFlags, _ socket: SocketKind, isCorked: Bool) {
      guard socket.family == .inet || socket.family == .inet6 else { return nil }
      if flags.contains(.probe), socket.type == .datagram || socket.type == .raw,
        // `ping_v6_sendmsg` hands on flags of its own.
        socket.family != .inet6 || socket.type == .raw || socket.isUDP
      {
        self = .probe
      } else if socket.isUDP, isCorked {
        self = .corked
      } else if socket.isUDP, flags.contains(.more) {
        self = .more
      } else {
        return nil
      }
    }

    var code: Note.Code { self == .probe ? .probeSentNothing : .corkedNotYetSent }

    var text: String {
      switch self {
      case .probe: "MSG_PROBE: it is counted, but nothing of it was sent"
      case .more: "MSG_MORE: it is counted, but held back until something is sent without"
      case .corked: "UDP_CORK: it is counted, but held back until the socket is uncorked"
      }
    }
  }
}
