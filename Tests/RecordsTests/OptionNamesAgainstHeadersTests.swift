import Records
import TestSupport
import Testing

/// The types of control messages that share their names with options: nothing but a list tells
/// which of SO_, IP_ and IPV6_ can be sent or received.
extension NamesAgainstHeadersTests {
  private func typeNames(_ level: Int32) -> [String: Int64] {
    var names: [String: Int64] = [:]
    for type in Int32(0)...300 {
      let name = ControlMessage(
        level: level, type: type, length: 0, data: [], status: nil, why: nil
      ).typeName
      if Int64(name) == nil { names[name] = Int64(type) }
    }
    return names
  }

  @Test func socketTypes() throws {
    let options = Self.list(
      "an option",
      "SO_DEBUG SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF "
        + "SO_SNDBUFFORCE SO_RCVBUFFORCE SO_KEEPALIVE SO_OOBINLINE SO_NO_CHECK SO_LINGER "
        + "SO_BSDCOMPAT SO_REUSEPORT SO_PASSCRED SO_PEERCRED SO_RCVLOWAT SO_SNDLOWAT "
        + "SO_RCVTIMEO_OLD SO_SNDTIMEO_OLD SO_SECURITY_AUTHENTICATION "
        + "SO_SECURITY_ENCRYPTION_TRANSPORT SO_SECURITY_ENCRYPTION_NETWORK SO_BINDTODEVICE "
        + "SO_ATTACH_FILTER SO_DETACH_FILTER SO_GET_FILTER SO_PEERNAME SO_ACCEPTCONN SO_PEERSEC "
        + "SO_PASSSEC SO_PROTOCOL SO_DOMAIN SO_PEEK_OFF SO_NOFCS SO_LOCK_FILTER "
        + "SO_SELECT_ERR_QUEUE SO_BUSY_POLL SO_MAX_PACING_RATE SO_BPF_EXTENSIONS SO_INCOMING_CPU "
        + "SO_ATTACH_BPF SO_DETACH_BPF SO_ATTACH_REUSEPORT_CBPF SO_ATTACH_REUSEPORT_EBPF "
        + "SO_CNX_ADVICE SO_MEMINFO SO_INCOMING_NAPI_ID SO_COOKIE SO_PEERGROUPS SO_ZEROCOPY "
        + "SO_BINDTOIFINDEX SO_RCVTIMEO_NEW SO_SNDTIMEO_NEW SO_DETACH_REUSEPORT_BPF "
        + "SO_PREFER_BUSY_POLL SO_BUSY_POLL_BUDGET SO_NETNS_COOKIE SO_BUF_LOCK SO_RESERVE_MEM "
        + "SO_TXREHASH SO_RCVMARK SO_RCVTIMEO SO_SNDTIMEO SO_PASSPIDFD SO_PEERPIDFD "
        + "SO_DEVMEM_DONTNEED SO_RCVPRIORITY SO_PASSRIGHTS SO_INQ")
    let secondNames = Self.list(
      "a second name",
      "SO_TIMESTAMP SO_TIMESTAMP_OLD SO_TIMESTAMPNS SO_TIMESTAMPNS_OLD SO_TIMESTAMPING "
        + "SCM_TIMESTAMPING SO_WIFI_STATUS SO_TXTIME SO_DEVMEM_LINEAR SO_DEVMEM_DMABUF SCM_INQ")
    try check(
      Table(
        names: typeNames(1), prefixes: ["SCM_", "SO_"],
        headers: ["linux/socket.h", "asm/socket.h"],
        others: options.merging(secondNames, uniquingKeysWith: { first, _ in first }),
        newer: [
          "SCM_PIDFD": (4, "6.5"), "SCM_DEVMEM_LINEAR": (78, "6.12"),
          "SCM_DEVMEM_DMABUF": (79, "6.12"), "SCM_TS_OPT_ID": (81, "6.13"),
        ],
        // include/linux/socket.h
        internalNames: ["SCM_RIGHTS": 1, "SCM_CREDENTIALS": 2, "SCM_SECURITY": 3]))
  }

  @Test func internetTypes() throws {
    let options = Self.list(
      "an option",
      "IP_HDRINCL IP_ROUTER_ALERT IP_PKTOPTIONS IP_MTU_DISCOVER IP_RECVTTL IP_RECVTOS IP_MTU "
        + "IP_FREEBIND IP_IPSEC_POLICY IP_XFRM_POLICY IP_PASSSEC IP_TRANSPARENT IP_MINTTL "
        + "IP_NODEFRAG IP_BIND_ADDRESS_NO_PORT IP_RECVERR_RFC4884 IP_ADD_MEMBERSHIP "
        + "IP_DROP_MEMBERSHIP IP_UNBLOCK_SOURCE IP_BLOCK_SOURCE IP_ADD_SOURCE_MEMBERSHIP "
        + "IP_DROP_SOURCE_MEMBERSHIP IP_MSFILTER IP_UNICAST_IF "
        + "IP_LOCAL_PORT_RANGE IP_DEFAULT_MULTICAST_TTL IP_DEFAULT_MULTICAST_LOOP")
    try check(
      Table(
        names: typeNames(0), prefixes: ["IP_"], headers: ["linux/in.h"],
        others: options.merging(
          Self.list("a second name", "IP_RECVRETOPTS IP_RECVORIGDSTADDR"),
          uniquingKeysWith: { first, _ in first }),
        otherPrefixes: ["IP_PMTUDISC_", "IP_MULTICAST_"],
        newer: ["IP_PROTOCOL": (52, "6.4")]))
  }

  @Test func internet6Types() throws {
    let options = Self.list(
      "an option",
      "IPV6_ADDRFORM IPV6_2292PKTOPTIONS IPV6_CHECKSUM IPV6_NEXTHOP IPV6_AUTHHDR "
        + "IPV6_UNICAST_HOPS IPV6_ADD_MEMBERSHIP IPV6_DROP_MEMBERSHIP IPV6_ROUTER_ALERT "
        + "IPV6_ROUTER_ALERT_ISOLATE IPV6_MTU_DISCOVER IPV6_MTU IPV6_RECVERR_RFC4884 IPV6_V6ONLY "
        + "IPV6_JOIN_ANYCAST IPV6_LEAVE_ANYCAST IPV6_FLOWLABEL_MGR IPV6_FLOWINFO_SEND "
        + "IPV6_IPSEC_POLICY IPV6_XFRM_POLICY IPV6_HDRINCL IPV6_RECVPKTINFO IPV6_RECVHOPLIMIT "
        + "IPV6_RECVHOPOPTS IPV6_RECVRTHDR IPV6_RECVDSTOPTS IPV6_RECVPATHMTU IPV6_USE_MIN_MTU "
        + "IPV6_RECVTCLASS IPV6_AUTOFLOWLABEL IPV6_ADDR_PREFERENCES IPV6_MINHOPCOUNT "
        + "IPV6_TRANSPARENT IPV6_UNICAST_IF IPV6_FREEBIND")
    try check(
      Table(
        names: typeNames(41), prefixes: ["IPV6_"], headers: ["linux/in6.h"],
        others: options.merging(
          Self.list("a second name", "IPV6_RECVORIGDSTADDR"),
          uniquingKeysWith: { first, _ in first }),
        otherPrefixes: [
          "IPV6_FL_", "IPV6_FLOWINFO_FLOWLABEL", "IPV6_FLOWINFO_PRIORITY", "IPV6_PRIORITY_",
          "IPV6_TLV_", "IPV6_PMTUDISC_", "IPV6_PREFER_", "IPV6_MULTICAST_",
        ]))
  }
}
