import Records
import TestSupport
import Testing

/// The tables of names, held against the headers of the machine the tests run on: what the headers
/// have, the tables have with the same value or it is said here what it is instead; what the tables
/// have, the headers have too or its value stands here once more.
@Suite struct NamesAgainstHeadersTests {
  /// Names by what they begin with.
  struct Table {
    var names: [String: Int64]
    var prefixes: [String]
    var headers: [String]
    /// Names that begin so and are no entries of the table, by what they are.
    var others: [String: String] = [:]
    /// The same, of families of names.
    var otherPrefixes: [String] = []
    /// Names that older headers lack, and the kernel that brought them.
    var newer: [String: (value: Int64, since: String)] = [:]
    /// Names of the kernel's own headers, which are not exported.
    var internalNames: [String: Int64] = [:]
  }

  /// `NAMES`, separated by spaces, each with what they are.
  static func list(_ reason: String, _ names: String) -> [String: String] {
    Dictionary(
      names.split(separator: " ").map { (String($0), reason) },
      uniquingKeysWith: { first, _ in first })
  }

  func check(_ table: Table) throws {
    let headers = try SystemHeaders(table.headers)
    let found = headers.names.filter { name in
      table.prefixes.contains(where: name.hasPrefix) && table.others[name] == nil
        && !table.otherPrefixes.contains(where: name.hasPrefix)
    }
    let values = try headers.values(
      of: found.union(table.names.keys.filter(headers.names.contains)))
    #expect(!values.isEmpty, "the headers say nothing")
    for (name, value) in values {
      guard let ours = table.names[name] else {
        Issue.record("the table lacks \(name) = \(value)")
        continue
      }
      // An `int` with the highest bit set is negative in C.
      #expect(UInt32(truncatingIfNeeded: value) == UInt32(truncatingIfNeeded: ours), "\(name)")
    }
    let unexported = table.internalNames.merging(
      table.newer.mapValues(\.value), uniquingKeysWith: { first, _ in first })
    for (name, value) in unexported { #expect(table.names[name] == value, "\(name)") }
    for name in table.names.keys where values[name] == nil {
      #expect(unexported[name] != nil, "\(name) is in no header, and not listed as newer")
    }
    for name in table.others.keys {
      #expect(table.names[name] == nil, "\(name) is said to be no entry")
    }
  }

  /// Numbers that have a name.
  private func names(_ numbers: some Sequence<Int32>, _ name: (Int32) -> String) -> [String: Int64]
  {
    var names: [String: Int64] = [:]
    for number in numbers where Int64(name(number)) == nil { names[name(number)] = Int64(number) }
    return names
  }

  @Test func errnos() throws {
    try check(
      Table(
        names: names(1...600) { Errno(rawValue: $0).name }, prefixes: ["E"],
        headers: ["linux/errno.h"],
        others: Self.list("a second name", "EWOULDBLOCK EDEADLOCK")
          .merging(Self.list("none", "EOF"), uniquingKeysWith: { first, _ in first }),
        // include/linux/errno.h
        internalNames: [
          "ERESTARTSYS": 512, "ERESTARTNOINTR": 513, "ERESTARTNOHAND": 514, "ENOIOCTLCMD": 515,
          "ERESTART_RESTARTBLOCK": 516, "EPROBE_DEFER": 517, "EOPENSTALE": 518, "ENOPARAM": 519,
          "EBADHANDLE": 521, "ENOTSYNC": 522, "EBADCOOKIE": 523, "ENOTSUPP": 524,
          "ETOOSMALL": 525, "ESERVERFAULT": 526, "EBADTYPE": 527, "EJUKEBOX": 528,
          "EIOCBQUEUED": 529, "ERECALLCONFLICT": 530, "ENOGRACE": 531,
        ]))
  }

  @Test func flags() throws {
    try check(
      Table(
        names: Dictionary(
          SendFlags.table.map { ($0.name, Int64($0.bit)) }, uniquingKeysWith: { first, _ in first }),
        prefixes: ["MSG_"], headers: ["sys/socket.h"],
        others: ["MSG_TRYHARD": "MSG_DONTROUTE", "MSG_PROXY": "MSG_PROBE", "MSG_EOF": "MSG_FIN"],
        newer: ["MSG_SOCK_DEVMEM": (0x200_0000, "6.12")],
        // include/linux/socket.h
        internalNames: [
          "MSG_PROBE": 0x10, "MSG_SENDPAGE_NOTLAST": 0x2_0000, "MSG_BATCH": 0x4_0000,
          "MSG_NO_SHARED_FRAGS": 0x8_0000, "MSG_SENDPAGE_DECRYPTED": 0x10_0000,
          "MSG_SPLICE_PAGES": 0x800_0000, "MSG_CMSG_COMPAT": 0x8000_0000,
        ]))
  }

  @Test func families() throws {
    try check(
      Table(
        names: names(0...60) { AddressFamily(rawValue: UInt16($0)).name }, prefixes: ["AF_"],
        headers: ["sys/socket.h"],
        others: [
          "AF_LOCAL": "AF_UNIX", "AF_FILE": "AF_UNIX", "AF_ROUTE": "AF_NETLINK",
          "AF_MAX": "a count",
        ]))
  }

  @Test func types() throws {
    try check(
      Table(
        names: names(0...20) { SocketType(rawValue: $0).name }, prefixes: ["SOCK_"],
        headers: ["sys/socket.h"],
        others: [
          "SOCK_CLOEXEC": "a flag", "SOCK_NONBLOCK": "a flag", "SOCK_IOC_TYPE": "an ioctl",
          "SOCK_SNDBUF_LOCK": "a lock", "SOCK_RCVBUF_LOCK": "a lock",
          "SOCK_BUF_LOCK_MASK": "a lock", "SOCK_TXREHASH_DEFAULT": "a setting",
          "SOCK_TXREHASH_DISABLED": "a setting", "SOCK_TXREHASH_ENABLED": "a setting",
        ]))
  }

  @Test func internetProtocols() throws {
    func name(_ number: Int32) -> String {
      let socket = SocketDescription(
        family: .inet, type: .raw, protocolNumber: number, inode: 0, nonblocking: false,
        local: nil, peer: nil)
      let name = socket.protocolName ?? ""
      return Int64(name) == nil ? "IPPROTO_" + name : name
    }
    try check(
      Table(
        names: names(0...300, name), prefixes: ["IPPROTO_"],
        headers: ["linux/in.h", "linux/in6.h"],
        others: [
          "IPPROTO_MAX": "a count", "IPPROTO_HOPOPTS": "an extension header",
          "IPPROTO_ROUTING": "an extension header", "IPPROTO_FRAGMENT": "an extension header",
          "IPPROTO_NONE": "an extension header", "IPPROTO_DSTOPTS": "an extension header",
          "IPPROTO_MH": "an extension header",
        ], newer: ["IPPROTO_SMC": (256, "6.11"), "IPPROTO_AGGFRAG": (144, "6.14")]))
  }

  @Test func netlinkProtocols() throws {
    func name(_ number: Int32) -> String {
      SocketDescription(
        family: .netlink, type: .raw, protocolNumber: number, inode: 0, nonblocking: false,
        local: nil, peer: nil
      ).protocolName ?? ""
    }
    let options = [
      "ADD_MEMBERSHIP", "DROP_MEMBERSHIP", "PKTINFO", "BROADCAST_ERROR", "NO_ENOBUFS", "RX_RING",
      "TX_RING", "LISTEN_ALL_NSID", "LIST_MEMBERSHIPS", "CAP_ACK", "EXT_ACK", "GET_STRICT_CHK",
    ].map { ("NETLINK_" + $0, "an option") }
    let states = ["UNCONNECTED", "CONNECTED"].map { ("NETLINK_" + $0, "a state") }
    try check(
      Table(
        names: names(0...40, name), prefixes: ["NETLINK_"], headers: ["linux/netlink.h"],
        others: Dictionary(options + states, uniquingKeysWith: { first, _ in first }).merging(
          ["NETLINK_INET_DIAG": "NETLINK_SOCK_DIAG"], uniquingKeysWith: { first, _ in first })))
  }
}
