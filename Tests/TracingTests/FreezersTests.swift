import Testing

@testable import Tracing

@Suite struct FreezersTests {
  private static let versionOne = """
    31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
    36 31 0:33 / /sys/fs/cgroup/devices rw,relatime - cgroup cgroup rw,devices
    37 31 0:34 / /sys/fs/cgroup/cpu,freezer rw,relatime - cgroup cgroup rw,cpu,freezer
    41 31 0:38 /part /mnt rw,relatime - cgroup cgroup rw,freezer
    """

  @Test(
    arguments: [
      ("freezer", "/sys/fs/cgroup/cpu,freezer", "beside another controller"),
      ("devices", "/sys/fs/cgroup/devices", "alone"),
      ("memory", nil, "mounted nowhere"),
      ("rw", "/sys/fs/cgroup/cpu,freezer", "what all of them have: the last one"),
    ] as [(String, String?, Comment)])
  func mountPoints(_ controller: String, _ found: String?, _ reason: Comment) {
    #expect(
      ControlGroups.mountPoint(in: Self.versionOne, "cgroup", with: controller) == found, reason)
  }
}
