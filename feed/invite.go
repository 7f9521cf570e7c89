package feed

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"warroom/feed/access"
	"warroom/feed/atomicfile"
	"warroom/feed/hub"
	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/model"
)

// Invite describes an invitation to the hub of a data directory.
type Invite struct {
	Handle    string
	Right     model.Right
	Rooms     []string // short ids; if empty, all rooms that are not restricted
	Name, Job string
	Until     time.Time // zero: until revoked
	At        []string  // addresses as host:port or tls://host:port; if empty, the last one that the hub listened on
}

// errNeverServed is returned if the hub has never listened on an address.
var errNeverServed = model.Refuse(model.Conflict,
	"this hub was never opened to others; start warroom serve --nats ADDR first, then invite")

// Write adds a login to the user store of a data directory and returns the text of the
// invitation file, which has its credentials. A running hub need not be notified: it
// reads the user store at each login.
//
// It returns [model.Invalid] for an invalid handle, room or address, and [model.Conflict]
// if the hub has never listened and At is empty.
func (v Invite) Write(ctx context.Context, data string, now func() time.Time) (string, error) {
	if err := subjects.CheckHandle(v.Handle); err != nil {
		return "", err
	}
	if err := access.NewList(data, func(model.Safe) {}).Refuse(v.Handle); err != nil {
		return "", err
	}
	for _, short := range v.Rooms {
		if err := subjects.CheckShort(short); err != nil {
			return "", err
		}
	}
	dir := filepath.Join(data, "hub")
	if _, err := hub.OwnDir(data); err != nil {
		return "", err
	}
	users, err := hub.OpenUserStore(dir, now)
	if err != nil {
		return "", err
	}
	accounts, err := users.Read()
	if err != nil {
		return "", err
	}
	servers, err := v.servers(accounts.Address)
	if err != nil {
		return "", err
	}
	pin, err := hub.Pin(dir, now)
	if err != nil {
		return "", err
	}
	key, err := publicHubKey(ctx, dir)
	if err != nil {
		return "", err
	}
	seed, err := users.Invite(hub.Login{Handle: v.Handle, Right: v.Right, Rooms: v.Rooms, Name: v.Name, Job: v.Job,
		Until: v.Until})
	if err != nil {
		return "", err
	}
	late, cancel := context.WithTimeout(ctx, access.Timeout)
	defer cancel()
	if err := users.Confirm(late); err != nil {
		return "", err
	}
	return hub.Invitation{Handle: v.Handle, Right: v.Right, Rooms: v.Rooms, Until: v.Until, Servers: servers, Pin: pin,
		Hub: key, Seed: seed}.Text()
}

// servers returns the URLs for the invitation.
func (v Invite) servers(listened string) ([]string, error) {
	var out []string
	for _, at := range v.At {
		at = strings.TrimPrefix(at, "tls://")
		if _, _, err := net.SplitHostPort(at); err != nil {
			return nil, model.Refuse(model.Invalid, "%s is not an address to connect to; write it as host:4222", at)
		}
		out = append(out, "tls://"+at)
	}
	if len(out) > 0 {
		return out, nil
	}
	host, port, err := net.SplitHostPort(listened)
	if err != nil {
		return nil, errNeverServed
	}
	for _, h := range reachable(host) {
		out = append(out, "tls://"+net.JoinHostPort(h, port))
	}
	return out, nil
}

// reachable returns names of a listen address for other machines: for the unspecified
// address, the name and the global addresses of this machine.
func reachable(host string) []string {
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsUnspecified() {
		return []string{host}
	}
	var out []string
	if name, err := os.Hostname(); err == nil && name != "" {
		out = append(out, name)
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return out
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() && !slices.Contains(out, n.IP.String()) {
			out = append(out, n.IP.String())
		}
	}
	return out
}

// publicHubKey returns the public key of the hub in a directory. It does not lock the
// key, which a running hub holds. It waits for a hub that is just writing it.
func publicHubKey(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, keyring.HubKeyFile)
	if !atomicfile.Exists(path) {
		return "", errNeverServed
	}
	for { // a hub that is starting may be writing it
		k, err := keyring.Read(path)
		if err == nil {
			return k.Text, nil
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// OwnData creates a data directory if it does not exist, and returns [model.Forbidden] if
// other users may write to it.
func OwnData(data string) error {
	_, err := hub.OwnDir(data)
	return err
}
