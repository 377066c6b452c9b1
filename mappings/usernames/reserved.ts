/**
 * Names that hosts already use, or that grant rights merely by being what they are. No standard lists them; these are
 * the accounts of the base systems, of common cloud images and of common services. A person who is mapped to one of
 * them would share the account, its files and its privileges.
 */

const groups: readonly (readonly [reason: string, names: string])[] = [
  [
    "a system account of every Debian (base-passwd)",
    "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody",
  ],
  ["a system account of every RHEL and Fedora (setup)", "adm shutdown halt operator ftp"],
  [
    "a service account of common base installations",
    "sshd dbus messagebus polkitd polkit tss chrony _chrony ntp syslog rpc _rpc rpcuser statd _ssh sssd avahi dnsmasq " +
      "uuidd landscape pollinate usbmux colord geoclue gdm pulse rtkit saned whoopsie kernoops unbound named bind " +
      "postfix dovecot exim Debian-exim tcpdump libvirt-qemu libvirt qemu lxd crontab cron",
  ],
  [
    "a group that grants rights on hosts, and useradd makes a group of the same name",
    "sudo wheel admin adm disk kmem shadow tty docker systemd-journal staff users nogroup audio video input kvm utmp",
  ],
  [
    "the first login of common cloud images",
    "ubuntu debian ec2-user centos rocky almalinux fedora opc cloud-user core azureuser cloudsdk vagrant pi",
  ],
  [
    "the account of a common service",
    "postgres mysql mariadb mongodb redis memcache memcached nginx apache httpd tomcat jenkins gitlab git gitea svn " +
      "elasticsearch kibana grafana prometheus node_exporter consul vault nomad etcd kubelet containerd zookeeper kafka " +
      "rabbitmq haproxy squid zabbix nagios telegraf influxdb",
  ],
  ["used by Smallstep's own tools on hosts", "step step-ca step-ssh"],
  ["a name of the operating system's administrators elsewhere", "administrator toor superuser guest system"],
];

const reserved = new Map<string, string>();
/** One bit's worth a shape (length, first and last character): nearly every name is let pass without a search. */
const shapes = new Uint8Array(1 << 15);
const longest = 31;
const shapeOf = (name: string) =>
  (name.length << 10) | ((name.charCodeAt(0) & 31) << 5) | (name.charCodeAt(name.length - 1) & 31);

for (const [reason, names] of groups) {
  for (const name of names.toLowerCase().split(" ")) {
    if (!reserved.has(name)) reserved.set(name, reason);
    shapes[shapeOf(name)] = 1;
  }
}

const systemd = "systemd-";

/** Why a name is reserved (a clause that follows "it is"), or undefined. Compared without case. */
export function reservedReason(name: string): string | undefined {
  // The 8th character of "systemd-", which hardly any other name has there. Case is in none of the bits looked at.
  if (name.charCodeAt(systemd.length - 1) === 45 && name.toLowerCase().startsWith(systemd)) {
    return "in the range that systemd keeps for its own accounts";
  }
  if (name.length > longest || name === "" || shapes[shapeOf(name)] === 0) return undefined;
  return reserved.get(name.toLowerCase());
}
