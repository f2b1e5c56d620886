import Testing

@testable import Tracing

@Suite struct ControlGroupsTests {
  private static let unified =
    "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"

  private static let hybrid = """
    31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
    36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
    41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:9 master:1 - cgroup2 cgroup2 rw
    """

  @Test(
    arguments: [
      (unified, "/sys/fs/cgroup", "alone"),
      (hybrid, "/sys/fs/cgroup/unified", "beside version 1"),
      (hybrid.replacing("unified", with: "a\\040b\\134"), "/sys/fs/cgroup/a b\\", "escaped"),
      ("36 31 0:33 / /sys/fs/cgroup/devices rw - cgroup cgroup rw", nil, "version 1 alone"),
      ("29 23 0:26 /some /mnt rw - cgroup2 cgroup2 rw", nil, "a part of the hierarchy"),
      ("29 23 0:26 / /mnt - cgroup2", nil, "a line that is cut"),
      ("29 23 0:26 / /mnt rw -", nil, "a line that ends early"),
      ("", nil, "nothing"),
    ] as [(String, String?, String)])
  func mountPoints(_ mounts: String, _ found: String?, _ reason: String) {
    #expect(ControlGroups(mounts: mounts).mountPoint == found, "\(reason)")
  }
}
