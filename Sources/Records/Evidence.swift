/// What was found at the exit stop of a call that did not send all its messages: everything that
/// can be asked without changing anything for the program (kernel.md §3.0).
///
/// It is about the state behind the message that failed, a moment after it failed. What could not
/// be asked is nil, and proves nothing.
package struct Evidence: Hashable, Sendable {
  /// The message that it is about.
  package var message: Int
  /// The kernel that the program runs on; nil where its release cannot be understood.
  package var kernel: KernelRelease?
  /// Whether the message's header, address, iovecs and control block were the same at the exit as
  /// at the entry.
  package var messageIsUnchanged: Bool?
  /// Whether the kernel can write the message's `msg_len`.
  package var sentLengthIsWritable: Bool?
  /// What became of an attempt to read the message's payload.
  package var payload: PayloadAccess?
  /// Signals that waited for the thread and were not blocked, as bits: 1 << (signal - 1).
  package var pendingSignals: UInt64 = 0
  /// True where a SIGPIPE waits that the thread's own call has raised.
  package var hasOwnBrokenPipe = false
  package var credentials: Credentials?
  /// The descriptors named in the message's SCM_RIGHTS that are not open.
  package var closedDescriptors: [Int32]?
  /// Whether the process exists that SCM_CREDENTIALS names.
  package var passedProcessExists: Bool?
  package var securityModules = SecurityModules.unknown
  package var socket: SocketState?
  package var destination: DestinationState?
  /// What IP_PKTINFO or IPV6_PKTINFO names.
  package var source: SourceState?
  /// Whether a BPF program of the cgroup looks at what is sent; nil where that is not known.
  package var hasSendFilter: Bool?
  package var limits = SystemLimits()

  package init(message: Int) { self.message = message }
}

/// Whether the bytes of a message can be read.
package enum PayloadAccess: Hashable, Sendable {
  case readable
  /// Not from this address on; so many bytes lie before it.
  case fault(at: RemoteAddress, after: UInt64)
}

/// `6.18.44`, as far as it is a number.
package struct KernelRelease: Hashable, Sendable, Comparable {
  package var major: Int
  package var minor: Int
  package var patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Reads uname(2)'s release; nil where it does not begin with two numbers.
  package init?(_ text: String) {
    var numbers: [Int] = []
    for part in text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false) {
      guard let number = Int(part.prefix { $0.isASCII && $0.isNumber }) else { break }
      numbers.append(number)
    }
    guard numbers.count >= 2 else { return nil }
    self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}

/// What the thread may do (proc_pid_status(5)).
package struct Credentials: Hashable, Sendable {
  /// Real, effective and saved, as numbers of our user namespace.
  package var userIDs: [UInt32]
  package var groupIDs: [UInt32]
  /// As the process sees itself.
  package var processID: Int32
  /// Effective capabilities, as bits.
  package var capabilities: UInt64
  /// The soft limit of open descriptors (RLIMIT_NOFILE).
  package var descriptorLimit: UInt64?

  package init(
    userIDs: [UInt32], groupIDs: [UInt32], processID: Int32, capabilities: UInt64,
    descriptorLimit: UInt64?
  ) {
    self.userIDs = userIDs
    self.groupIDs = groupIDs
    self.processID = processID
    self.capabilities = capabilities
    self.descriptorLimit = descriptorLimit
  }
}

/// Whether a security module may have refused a message (kernel.md §1, `security_socket_sendmsg`).
package enum SecurityModules: Hashable, Sendable {
  case unknown
  /// None that is asked about messages is active, or the thread is not confined by it.
  case none
  /// These are active, and may say no.
  case active(String)
}

/// What the socket said of itself.
package struct SocketState: Hashable, Sendable {
  /// Whether getpeername(2) knew a peer.
  package var isConnected: Bool
  /// SO_SNDBUF, bytes.
  package var sendBuffer: UInt32?
  /// Bytes that count against `sendBuffer` (SO_MEMINFO).
  package var sendMemory: UInt32?
  /// Bytes of option memory in use (SO_MEMINFO).
  package var optionMemory: UInt32?
  /// SO_SNDTIMEO, nanoseconds; 0 for none.
  package var sendTimeout: UInt64?
  /// What poll(2) said: POLLOUT.
  package var isWritable: Bool?
  /// POLLERR: an error waits, or the error queue holds something.
  package var hasError: Bool?
  /// POLLHUP.
  package var isHungUp: Bool?
  package var allowsBroadcast: Bool?
  package var sendsZeroCopy: Bool?
  /// SO_NO_CHECK, or UDP_NO_CHECK6_TX of an IPv6 socket.
  package var omitsChecksum: Bool?
  /// SO_TXTIME is set.
  package var hasTransmitTime: Bool?
  /// SO_TIMESTAMPING's flags.
  package var timestampingFlags: UInt32?
  /// IP_MTU_DISCOVER.
  package var mtuDiscovery: MTUDiscovery?
  /// IPV6_MTU_DISCOVER.
  package var mtuDiscovery6: MTUDiscovery?
  /// IP_MTU or IPV6_MTU of a connected socket.
  package var pathMTU: UInt32?
  /// IP_RECVERR or IPV6_RECVERR.
  package var receivesErrors: Bool?
  /// Bytes of IP_OPTIONS, which every packet of the socket has.
  package var optionBytes: UInt32?
  /// IP_HDRINCL.
  package var includesHeader: Bool?
  /// IPV6_V6ONLY.
  package var isIPv6Only: Bool?
  /// IPV6_DONTFRAG.
  package var forbidsFragments: Bool?
  /// IPV6_FLOWINFO_SEND.
  package var sendsFlowInfo: Bool?
  /// UDP_SEGMENT.
  package var segmentSize: UInt32?
  /// UDP_CORK.
  package var isCorked: Bool?
  /// `tcpi_state`.
  package var tcpState: UInt8?
  /// TCP_ULP: `tls`, `espintcp`, …
  package var upperProtocol: String?
  /// PACKET_VNET_HDR.
  package var hasVirtualHeader: Bool?
  /// The MTU of the interface that a packet socket sends by; nil where it has none.
  package var interface: InterfaceState?

  package init(isConnected: Bool) { self.isConnected = isConnected }
}

/// How a socket treats packets that are larger than the path takes (IP_MTU_DISCOVER).
package struct MTUDiscovery: RawRepresentable, Hashable, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let dont = MTUDiscovery(rawValue: 0)
  package static let want = MTUDiscovery(rawValue: 1)
  package static let `do` = MTUDiscovery(rawValue: 2)
  package static let probe = MTUDiscovery(rawValue: 3)
  package static let interface = MTUDiscovery(rawValue: 4)
  package static let omit = MTUDiscovery(rawValue: 5)

  /// True where packets may be fragmented, so that only the protocol's own limit holds
  /// (`ip_sk_ignore_df`).
  package var allowsFragments: Bool { rawValue < Self.do.rawValue || self == .omit }

  package var name: String {
    let names = ["DONT", "WANT", "DO", "PROBE", "INTERFACE", "OMIT"]
    return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : String(rawValue)
  }
}

/// A network interface.
package struct InterfaceState: Hashable, Sendable {
  package var index: Int32
  package var exists: Bool
  package var isUp: Bool?
  package var mtu: UInt32?

  package init(index: Int32, exists: Bool, isUp: Bool? = nil, mtu: UInt32? = nil) {
    self.index = index
    self.exists = exists
    self.isUp = isUp
    self.mtu = mtu
  }
}

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
  /// The MTU of the way.
  package var mtu: UInt32?
  /// For a destination on this host: whether a UDP socket is bound to its port.
  package var hasListener: Bool?

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

  package init() {}
}

/// Limits of the program's network namespace.
package struct SystemLimits: Hashable, Sendable {
  /// net.core.optmem_max, bytes.
  package var optionMemory: UInt64?
  /// net.unix.max_dgram_qlen, messages.
  package var datagramQueue: UInt64?

  package init() {}
}
