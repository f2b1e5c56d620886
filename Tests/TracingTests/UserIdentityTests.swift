import Testing

@testable import Tracing

@Suite struct UserIdentityTests {
  private static let passwd = """
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
    # a comment
    short:x:7
    wordy:x:seven:7::/:/bin/sh
    huge:x:4294967296:5::/:/bin/sh
    negative:x:-1:5::/:/bin/sh
    alice:x:1000:100:Alice,,,:/home/alice:/bin/bash
    1001:x:2000:2000:a name of digits:/:/bin/sh
    bob:x:1001:1001::/home/bob:/bin/sh
    bob:x:3000:3000:a second bob:/:/bin/sh
    nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
    """

  private static let group = """
    root:x:0:
    users:x:100:alice,bob
    audio:x:29:alice
    video:x:44:bob,alice
    alicex:x:50:xalice,alicex
    broken:x:none:alice
    short:x:51
    empty:x:52:
    last:x:53:carol,alice
    """

  @Test(
    arguments: [
      ("root", UserIdentity(uid: 0, gid: 0, groups: [0]), "by name"),
      ("0", UserIdentity(uid: 0, gid: 0, groups: [0]), "by number"),
      ("nobody", UserIdentity(uid: 65534, gid: 65534, groups: [65534]), "the last line"),
      (
        "alice", UserIdentity(uid: 1000, gid: 100, groups: [100, 29, 44, 53]),
        "the primary group first and once, then those that list the name as a whole"
      ),
      ("1000", UserIdentity(uid: 1000, gid: 100, groups: [100, 29, 44, 53]), "the same by number"),
      ("bob", UserIdentity(uid: 1001, gid: 1001, groups: [1001, 100, 44]), "the first of two"),
      ("1001", UserIdentity(uid: 2000, gid: 2000, groups: [2000]), "a name of digits comes first"),
      ("3000", UserIdentity(uid: 3000, gid: 3000, groups: [3000, 100, 44]), "the second of two"),
      ("carol", nil, "in a group only"),
      ("4242", nil, "a number that no line has"),
      ("ali", nil, "the beginning of a name"),
      ("Alice", nil, "another case"),
      ("short", nil, "a line that is cut"),
      ("wordy", nil, "a uid that is no number"),
      ("huge", nil, "a uid over 32 bits"),
      ("4294967296", nil, "the same by number"),
      ("negative", nil, "a uid below 0"),
      ("-1", nil, "the same by number"),
      ("# a comment", nil, "no line of a user"),
      ("", nil, "no name"),
    ] as [(String, UserIdentity?, Comment)])
  func users(name: String, user: UserIdentity?, reason: Comment) {
    #expect(UserIdentity.find(name, passwd: Self.passwd, group: Self.group) == user, reason)
  }

  @Test func emptyFiles() {
    #expect(UserIdentity.find("root", passwd: "", group: Self.group) == nil)
    let root = UserIdentity.find("root", passwd: Self.passwd, group: "")
    #expect(root == UserIdentity(uid: 0, gid: 0, groups: [0]))
  }

  @Test func theSystemsOwnFiles() {
    #expect(UserIdentity.named("root")?.uid == 0)
    #expect(UserIdentity.named("no such user") == nil)
  }
}
