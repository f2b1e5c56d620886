import Records

/// A message that failed, with all that is known about it: what the kernel's checks look at.
struct FailedMessage {
  let call: SendCall
  let index: Int
  let message: Message
  /// Nil where it was not gathered, or is about another message.
  private(set) var evidence: Evidence?

  /// Nil where the call has no such message.
  init?(_ call: SendCall, _ index: Int) {
    guard call.messages.indices.contains(index) else { return nil }
    self.call = call
    self.index = index
    message = call.messages[index]
    evidence = call.evidence.flatMap { $0.message == index ? $0 : nil }
    if hasSourceRoute == true, case .route(let route)? = evidence?.destination {
      evidence?.destination = .route(route.behindSourceRoute)
    }
  }
}

// The call.
extension FailedMessage {
  var socket: SocketDescription? { call.socket }
  var state: SocketState? { evidence?.socket }

  /// The flags of the call, and what the kernel takes from the header.
  var flags: SendFlags {
    (call.arguments?.flags ?? []).union(message.header?.flags.intersection(.endOfRecord) ?? [])
  }

  /// Whether the kernel waits rather than fail with EAGAIN; nil where that is not known.
  var waits: Bool? { isSentByOwnFlags ? false : call.effectiveDontWait.map { !$0 } }

  /// True for every message but the last: the kernel adds MSG_BATCH to its flags.
  var isBatched: Bool { index + 1 < (call.arguments?.entryCount ?? 0) }

  /// Of a call that the kernel reads by its compat path.
  var isCompat: Bool { call.abi.isCompat }
}

// The message.
extension FailedMessage {
  /// True where nothing of it was left unread, when its failure was looked into.
  var isWhollyRead: Bool {
    evidence.map { $0.payload != nil } ?? false && message.header != nil && !message.truncated
  }

  /// True where the socket matters and could not be asked for its state, as where pidfd_getfd(2) is
  /// refused.
  var isOfUnaskedSocket: Bool {
    evidence != nil && socket != nil && !hasAskedSocket
      && call.kernelView != .failedBeforeProtocol
  }

  /// Whether the socket itself was asked: what is not known of others they may have all the same.
  var hasAskedSocket: Bool { state?.isFromOutside == false }

  /// The same message, as far as it is known without what was said of its socket from outside.
  var withoutOutsideState: FailedMessage {
    var other = self
    if !hasAskedSocket { other.evidence?.socket = nil }
    return other
  }

  /// How many bytes it has; nil where the iovecs are refused or cannot be read.
  var bytes: UInt64? { message.bytes }

  /// True where it was looked at again when the call ended, and was what it was at the entry.
  var isSurelyUnchanged: Bool { evidence?.messageIsUnchanged == true }

  /// True where it names a destination (kernel.md §2.1, rows 2 and 4).
  var hasName: Bool {
    guard let header = message.header else { return false }
    return !header.name.isNull && header.nameLength > 0
  }

  /// `msg_namelen` as the kernel goes on with it: at most 128.
  var nameLength: Int { hasName ? min(Int(message.header?.nameLength ?? 0), 128) : 0 }

  /// Where it goes: its own address, else the socket's peer.
  var destination: SocketAddress? { namesNoDestination ? socket?.peer : message.name }

  /// The messages that were sent before it.
  var predecessors: ArraySlice<Message> { call.messages[..<index] }

  /// True where an earlier message went the same way: to the same address with the same control
  /// messages. Whatever depends on these alone, this message passed it too.
  var followsItsLike: Bool {
    predecessors.contains { earlier in
      earlier.name == message.name && earlier.control == message.control
        && earlier.header?.name.isNull == message.header?.name.isNull
    }
  }

  /// True where what comes before a wait cannot have refused it, whatever it is like at the end: it
  /// is what the call waited for, or as long as one that went the same way before it.
  var passedItsChecks: Bool {
    if index == 0 { return waits == true && tookLong }
    return predecessors.contains { earlier in
      earlier.bytes == message.bytes && earlier.name == message.name
        && earlier.control == message.control && earlier.header?.flags == message.header?.flags
    }
  }

  /// True where its like went its way, and no change of the ways was heard of since: nothing about
  /// the way refuses it.
  var hasOpenWay: Bool { followsItsLike && evidence?.waysHaveChanged != true }

  /// True where a message before it was sent without a name: the socket was connected then.
  var followsOneWithoutName: Bool {
    predecessors.contains(where: \.isWithoutName)
  }

  /// True where a message before it had a control message of the same kind, which was taken.
  func followsOne(with control: ControlMessage) -> Bool {
    predecessors.contains { earlier in
      (earlier.control ?? []).contains {
        $0.kind == control.kind && $0.status == .used
      }
    }
  }

  /// True where nobody but the thread that sends could change the socket during the call.
  var hasOwnSocket: Bool { evidence?.socketIsShared == false }

  /// True where the socket is known not to be connected, at both stops.
  var isSurelyUnconnected: Bool {
    socket != nil && socket?.peer == nil && state?.isConnected == false
  }

  /// How much speaks for a socket that is not connected, where it is not known: a peer with port 0
  /// is not seen at the entry.
  var perhapsUnconnected: Suspect.Strength {
    socket?.peer == nil && state?.isConnected != true ? .likely : .possible
  }

  /// True where the socket is known to be connected, at both stops.
  var isSurelyConnected: Bool { socket?.peer != nil && state?.isConnected == true }

  /// The kernel's release where it is known to be at least, or older than, a version.
  func kernelIs(since release: KernelRelease) -> Bool? {
    evidence?.kernel.map { $0 >= release }
  }
}

extension Message {
  /// True where its header names no destination.
  var isWithoutName: Bool { header.map { $0.name.isNull || $0.nameLength == 0 } ?? false }
}
