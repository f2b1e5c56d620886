/// What was found where the message was to go.
package enum DestinationState: Hashable, Sendable {
  case route(RouteState)
  case unix(UnixReceiver)
  /// Whether a socket has the port of a netlink address.
  case netlink(isBound: Bool)
}

/// What the kernel's routing says of an IP destination.
package struct RouteState: Hashable, Sendable {
  /// Why there is no way to it; nil where there is one.
  package var refusal: Errno?
  package var isBroadcast = false
  /// Whether a policy of IPsec blocks what goes there.
  package var blocking = Blocking.none
  /// True where it could be asked for another socket only, which rules of routing may lead
  /// otherwise.
  package var isForOthers = false
  /// The MTU of the way.
  package var mtu: UInt32?
  /// The MTU of the interface that it goes out by, where that was asked for.
  package var deviceMTU: UInt32?
  /// For a destination on this host: whether a UDP socket takes what this one sends there.
  package var hasListener: Bool?
  /// True where it is refused as the address that the socket sends from is not this host's.
  package var lacksSource = false
  /// True where it goes out by an interface of WireGuard's.
  package var goesByWireGuard = false
  /// The MTU that a router has told of while the call ran, bytes; nil where none has, as far as
  /// known.
  package var learnedMTU: UInt32?

  /// How much speaks for it that something is blocked.
  package enum Blocking: Hashable, Sendable {
    case none
    case possible
    case sure
  }

  package init() {}
}

/// Where a control message says that a message is to come from.
package struct SourceState: Hashable, Sendable {
  /// Nil where none is named.
  package var interface: InterfaceState?
  /// Nil where no address is named.
  package var addressIsLocal: Bool?

  package init() {}
}

/// The AF_UNIX socket that an address leads to.
package struct UnixReceiver: Hashable, Sendable {
  /// Why it cannot be reached; nil where it can.
  package var refusal: Errno?
  /// True where its queue was full.
  package var isFull: Bool?
  /// Whether it was shut down for receiving; nil where the kernel does not say.
  package var isShutForReceiving: Bool?

  package init(refusal: Errno? = nil) { self.refusal = refusal }
}
