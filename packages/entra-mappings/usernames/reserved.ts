/**
 * Names that hosts already use, or that grant privileges. No standard lists them. This list contains the accounts of base
 * systems, common cloud images and common services. A user mapped to one of these names would share the account, its files and
 * its privileges.
 */

const groups: readonly (readonly [reason: string, names: string])[] = [
  [
    "a system account on every Debian host (base-passwd)",
    "root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc _apt nobody",
  ],
  ["a system account on every RHEL and Fedora host (setup)", "adm shutdown halt operator ftp"],
  [
    "a service account of common base installations",
    "sshd dbus messagebus polkitd polkit tss chrony _chrony ntp syslog rpc _rpc rpcuser statd _ssh sssd avahi dnsmasq " +
      "uuidd landscape pollinate usbmux colord geoclue gdm pulse rtkit saned whoopsie kernoops unbound named bind " +
      "postfix dovecot exim Debian-exim tcpdump libvirt-qemu libvirt qemu lxd crontab cron",
  ],
  [
    "a group that grants privileges on hosts, and useradd creates a group with the user's name",
    "sudo wheel admin adm disk kmem shadow tty docker systemd-journal staff users nogroup audio video input kvm utmp",
  ],
  [
    "the default login of common cloud images",
    "ubuntu debian ec2-user centos rocky almalinux fedora opc cloud-user core azureuser cloudsdk vagrant pi",
  ],
  [
    "the account of a common service",
    "postgres mysql mariadb mongodb redis memcache memcached nginx apache httpd tomcat jenkins gitlab git gitea svn " +
      "elasticsearch kibana grafana prometheus node_exporter consul vault nomad etcd kubelet containerd zookeeper kafka " +
      "rabbitmq haproxy squid zabbix nagios telegraf influxdb",
  ],
  ["used by Smallstep's own tools on hosts", "step step-ca step-ssh"],
  ["the name of the administrator on other operating systems", "administrator toor superuser guest system"],
];

const reserved = new Map<string, string>();
for (const [reason, names] of groups) {
  for (const name of names.toLowerCase().split(" ")) if (!reserved.has(name)) reserved.set(name, reason);
}

/** Returns why a name is reserved (a clause that follows "is"), or undefined. The comparison ignores case. */
export function reservedReason(name: string): string | undefined {
  const key = name.toLowerCase();
  if (key.startsWith("systemd-")) return "in the range that systemd reserves for its own accounts";
  return reserved.get(key);
}
