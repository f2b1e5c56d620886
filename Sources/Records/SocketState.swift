/// What the socket said of itself.
package struct SocketState: Hashable, Sendable {
  /// True where the kernel said it of a socket that could not be asked itself, of which most
  /// options are not known.
  package var isFromOutside = false
  /// Whether it is connected; nil where that cannot be told.
  package var isConnected: Bool?
  /// SO_SNDBUF, bytes.
  package var sendBuffer: UInt32?
  /// Bytes that count against `sendBuffer` (SO_MEMINFO).
  package var sendMemory: UInt32?
  /// Whether the receive buffer has room for what ICMP says, which counts against it (SO_MEMINFO;
  /// `sock_queue_err_skb`).
  package var hasRoomForErrors: Bool?
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
  /// SHUT_WR, which most sockets never lose; nil where that was not asked.
  package var isShutForSending: Bool?
  /// SHUT_RD of the peer of an AF_UNIX datagram socket; nil where that was not asked.
  package var peerIsShutForReceiving: Bool?
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
  /// IPV6_RECVERR.
  package var receivesErrors6: Bool?
  /// Bytes of IP_OPTIONS, which every packet of the socket has.
  package var optionBytes: UInt32?
  /// Whether these have a source route.
  package var hasSourceRoute: Bool?
  /// Bytes of IPv6 extension headers that every packet of the socket has: of IPV6_HOPOPTS,
  /// IPV6_RTHDRDSTOPTS and IPV6_RTHDR.
  package var networkHeaderBytes: UInt32?
  /// The same of IPV6_DSTOPTS, which belongs to what every fragment carries a piece of.
  package var destinationHeaderBytes: UInt32?
  /// The interface that the socket is bound to (SO_BINDTODEVICE); 0 for none.
  package var boundInterface: Int32?
  /// IP_HDRINCL, or IPV6_HDRINCL of an IPv6 socket.
  package var includesHeader: Bool?
  /// IP_TRANSPARENT and IP_FREEBIND, which hold for IPv6 too: the socket may have addresses that
  /// are not this host's.
  package var isTransparent: Bool?
  package var bindsFreely: Bool?
  /// IPV6_CHECKSUM of a raw IPv6 socket: where in the payload its checksum goes; -1 for none.
  package var checksumOffset: Int32?
  /// IPV6_V6ONLY.
  package var isIPv6Only: Bool?
  /// IPV6_DONTFRAG.
  package var forbidsFragments: Bool?
  /// IPV6_FLOWINFO_SEND.
  package var sendsFlowInfo: Bool?
  /// UDP_SEGMENT.
  package var segmentSize: UInt16?
  /// UDP_CORK.
  package var isCorked: Bool?
  /// `tcpi_state`.
  package var tcpState: UInt8?
  /// TCP_REPAIR: what is sent goes to one of the connection's queues, and not to the peer.
  package var isInRepair: Bool?
  /// TCP_ULP: `tls`, `espintcp`, …
  package var upperProtocol: String?
  /// PACKET_VNET_HDR.
  package var hasVirtualHeader: Bool?
  /// PACKET_VNET_HDR_SZ: how many bytes that takes up; nil where the kernel knows one length alone.
  package var virtualHeaderBytes: UInt32?
  /// The MTU of the interface that a packet socket sends by; nil where it has none.
  package var interface: InterfaceState?

  package init(isConnected: Bool?) { self.isConnected = isConnected }

  /// True where the MTU of the device matters, and not that of the way, to what it sends by IPv4 or
  /// IPv6: where it knows no path's, or brings its own headers (`raw_send_hdrinc`).
  package var sendsByDevice: Bool {
    includesHeader == true || mtuDiscovery?.ignoresPath == true
      || mtuDiscovery6?.ignoresPath == true
  }
}
