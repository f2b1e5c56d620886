import Records

/// AF_PACKET (`packet_snd`; kernel.md §3.6).
enum PacketRules {
  static func checks(for failed: FailedMessage, _ type: SocketType) -> [Check] {
    type == .packet
      ? byDeviceName : UnaskedRules.checks(untilBuffer, fromBuffer, for: failed)
  }

  /// SOCK_RAW and SOCK_DGRAM (`packet_snd`).
  private static let untilBuffer: [Check] =
    [shortAddress, noInterface, interfaceDown] + ControlRules.checks
    + [VirtualHeaderRules.badLengths, frameTooLong]

  private static let fromBuffer: [Check] =
    PendingErrorRules.checks + WaitRules.checks
    + [
      BufferRules.inOnePiece, noLinkAddress, PayloadRules.unreadable, frameTooShort,
      frameWithoutTag,
    ]
    + [VirtualHeaderRules.badOffload, queueFull]

  /// SOCK_PACKET (`packet_sendmsg_spkt`), which never waits, and parses control messages last.
  private static let byDeviceName: [Check] =
    [badDeviceAddress, noDevice, interfaceDown, frameTooLong]
    + [BufferRules.inOnePiece, fullBuffer, PayloadRules.unreadable, frameTooShort, frameWithoutTag]
    + ControlRules.checks + [queueFull]

  /// ENOBUFS (`packet_sendmsg_spkt`; not in kernel.md): the send buffer is full, where it does not
  /// wait for room.
  @Sendable private static func fullBuffer(_ failed: FailedMessage) -> Finding? {
    guard let size = failed.state?.sendBuffer, let waiting = failed.state?.sendMemory else {
      return .undecided
    }
    // Each takes up its bytes rounded up to a power of 2, and what the kernel needs besides.
    let sent = failed.predecessors.reduce(UInt64(waiting)) { $0 &+ 2 &* ($1.bytes ?? 0) &+ 2048 }
    guard failed.index == 0 ? waiting > 0 : sent >= UInt64(size) else { return nil }
    return .suspect(.noBuffers, .possible, "SO_SNDBUF of \(size) may have been full")
  }

  /// ENOTCONN or EINVAL (`packet_sendmsg_spkt`; not in kernel.md): no address, or one that is too
  /// short for a sockaddr_pkt.
  @Sendable private static func badDeviceAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName else {
      return .fails(.notConnected, "it has no address, which SOCK_PACKET needs")
    }
    guard failed.nameLength < 16 else { return nil }
    return .fails(
      .invalidArgument, "msg_namelen is \(failed.nameLength), SOCK_PACKET needs 16 or more")
  }

  /// ENODEV (`packet_sendmsg_spkt`; not in kernel.md): no device has the name in the address.
  @Sendable private static func noDevice(_ failed: FailedMessage) -> Finding? {
    guard let interface = failed.interface else { return .undecided }
    guard !interface.exists else { return nil }
    return .suspect(.noDevice, .likely, "there is no device of the name in its address")
  }

  /// EINVAL (`packet_snd`; kernel.md §3.6): msg_namelen is under 20, or under 12 and sll_halen.
  @Sendable private static func shortAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.hasName else { return nil }
    if failed.nameLength < 20 {
      return .fails(
        .invalidArgument, "msg_namelen is \(failed.nameLength), a sockaddr_ll has 20 bytes")
    }
    guard let size = failed.message.name?.hardwareAddressSize,
      failed.nameLength < 12 + Int(size)
    else { return nil }
    return .fails(
      .invalidArgument,
      "msg_namelen is \(failed.nameLength), too short for a hardware address of \(size) bytes")
  }

  /// ENXIO (`packet_snd`; kernel.md §3.6): there is no such interface, or the socket is bound to
  /// none.
  @Sendable private static func noInterface(_ failed: FailedMessage) -> Finding? {
    guard let interface = failed.interface else { return .undecided }
    guard !interface.exists else { return nil }
    return .suspect(
      .noDeviceOrAddress, .likely,
      interface.index == 0
        ? "it names no interface, and the socket is bound to none"
        : "there is no interface \(interface.index)")
  }

  /// ENETDOWN (`packet_snd`, `packet_sendmsg_spkt`; kernel.md §3.6): the interface is down.
  @Sendable private static func interfaceDown(_ failed: FailedMessage) -> Finding? {
    guard let interface = failed.interface, let isUp = interface.isUp else { return .undecided }
    guard !isUp else { return nil }
    return .suspect(.networkDown, .likely, "interface \(interface.index) is down")
  }

  /// EMSGSIZE (`packet_snd`, `packet_sendmsg_spkt`; kernel.md §3.6): a frame over the MTU, the link
  /// header and a VLAN tag, for which there is room whatever the frame is.
  @Sendable private static func frameTooLong(_ failed: FailedMessage) -> Finding? {
    // SOCK_PACKET knows no such header, and does not say so.
    let state = failed.socket?.type == .packet ? false : failed.state?.hasVirtualHeader
    guard let bytes = failed.bytes, let mtu = failed.interface?.mtu, let hasVirtualHeader = state,
      let header = failed.linkHeader
    else { return .undecided }
    let frame = hasVirtualHeader ? VirtualHeaderRules.frameBytes(of: bytes, failed) : bytes
    guard frame > UInt64(mtu) + header + 4 else { return nil }
    let mayBeCut = hasVirtualHeader ? VirtualHeaderRules.isSegmented(failed) : false
    if mayBeCut == true { return nil }
    return .suspect(
      .messageTooLong, mayBeCut == false ? .likely : .possible,
      failed.frameSentence(frame, over: mtu))
  }

  /// EMSGSIZE (`packet_extra_vlan_len_allowed`; kernel.md §3.6, "+4 VLAN"): behind the copy a frame
  /// without a VLAN tag is over the MTU and the link header.
  @Sendable private static func frameWithoutTag(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.frameBytes, let mtu = failed.interface?.mtu,
      let header = failed.linkHeader, bytes > UInt64(mtu) + header
    else { return nil }
    let mayBeCut = failed.hasVirtualHeader ? VirtualHeaderRules.isSegmented(failed) : false
    if mayBeCut == true { return nil }
    return .suspect(
      .messageTooLong, mayBeCut == false ? .likely : .possible,
      failed.frameSentence(bytes, over: mtu))
  }

  /// EINVAL (`packet_snd`, of `eth_header`; not in kernel.md): the header that is made for a frame
  /// needs a hardware address to go to, and the message has none.
  @Sendable private static func noLinkAddress(_ failed: FailedMessage) -> Finding? {
    guard failed.socket?.type == .datagram, !failed.hasName,
      failed.interface?.linkHeader.map({ $0 > 0 }) ?? true,
      failed.interface?.resolvesAddresses != false, !failed.followsOneWithoutName
    else { return nil }
    return .suspect(
      .invalidArgument, failed.interface?.linkHeader == nil ? .possible : .likely,
      "it has no address, and its interface needs a hardware address to send to")
  }

  /// EINVAL (`dev_validate_header`, `packet_snd`; kernel.md §3.6): a frame shorter than its link
  /// header, or empty where there is none.
  @Sendable private static func frameTooShort(_ failed: FailedMessage) -> Finding? {
    guard let bytes = failed.frameBytes else { return nil }
    if bytes == 0, failed.socket?.type != .packet, failed.interface?.linkHeader == 0 {
      return .suspect(
        .invalidArgument, .likely, "its frame is empty, and has no link header either")
    }
    guard failed.socket?.type != .datagram else { return nil }
    let header = failed.linkHeader
    guard bytes < header ?? 14 else { return nil }
    return .suspect(
      .invalidArgument, header == nil ? .possible : .likely,
      "a frame of \(bytes) bytes is shorter than its link header")
  }

  /// ENOBUFS (`net_xmit_errno`; kernel.md §3.6): the queue of the interface drops it.
  @Sendable private static func queueFull(_ failed: FailedMessage) -> Finding? {
    .suspect(.noBuffers, .possible, "the queue of the interface may have been full")
  }
}

extension FailedMessage {
  /// The interface that it goes out by.
  fileprivate var interface: InterfaceState? {
    // Nothing was asked of what an address names that was not read.
    hasName && message.name == nil ? nil : state?.interface
  }

  /// Bytes of link header that its frame brings: frames of SOCK_DGRAM have theirs made for them.
  /// Nil where it is not known.
  fileprivate var linkHeader: UInt64? {
    socket?.type == .datagram ? 0 : interface?.linkHeader.map { UInt64($0) }
  }

  fileprivate var hasVirtualHeader: Bool { state?.hasVirtualHeader == true }

  /// How many bytes its frame has, behind a `virtio_net_hdr`.
  fileprivate var frameBytes: UInt64? {
    bytes.map { hasVirtualHeader ? VirtualHeaderRules.frameBytes(of: $0, self) : $0 }
  }

  fileprivate func frameSentence(_ bytes: UInt64, over mtu: UInt32) -> String {
    "a frame of \(bytes) bytes is over the MTU of \(mtu)"
      + (linkHeader.map { $0 > 0 ? " and \($0) bytes of link header" : "" } ?? "")
  }
}

extension SocketAddress {
  /// `sll_halen`.
  fileprivate var hardwareAddressSize: UInt64? {
    guard case .fields(let fields) = form else { return nil }
    for field in fields where field.name == "halen" {
      if case .unsigned(let size) = field.value { return size }
    }
    return nil
  }
}
