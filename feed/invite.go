package feed

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"warroom/feed/hub"
	"warroom/model"
)

// Invite says whom to invite to the hub of a data directory.
type Invite struct {
	Handle    string
	Right     model.Right
	Rooms     []string // short ids; none: all that are not restricted
	Name, Job string
	Until     time.Time // zero: until they are struck
	At        []string  // addresses as host:port or tls://host:port; none: where the hub was listened to the last time
}

// errNeverServed says that there is nothing to come to.
var errNeverServed = model.Refuse(model.Conflict, "this hub was never opened to others; start warroom serve --nats ADDR first, then invite")

// Write writes a login into the book of a data directory and returns the one
// file that proves it. The process that hosts need not be asked: it reads the
// book at every login.
func (v Invite) Write(ctx context.Context, data string, now func() time.Time) (string, error) {
	if err := checkHandle(v.Handle); err != nil {
		return "", err
	}
	if err := newStruckList(data, func(model.Safe) {}).refuse(v.Handle); err != nil {
		return "", err
	}
	for _, short := range v.Rooms {
		if err := checkShort(short); err != nil {
			return "", err
		}
	}
	dir := filepath.Join(data, "hub")
	if _, err := hub.OwnDir(data); err != nil {
		return "", err
	}
	book, err := hub.OpenBook(dir, now)
	if err != nil {
		return "", err
	}
	page, err := book.Read()
	if err != nil {
		return "", err
	}
	servers, err := v.servers(page.Address)
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
	seed, err := book.Invite(hub.Login{Handle: v.Handle, Right: v.Right, Rooms: v.Rooms, Name: v.Name, Job: v.Job, Until: v.Until})
	if err != nil {
		return "", err
	}
	late, cancel := context.WithTimeout(ctx, accessWait)
	defer cancel()
	if err := book.Confirm(late); err != nil {
		return "", err
	}
	return hub.Invitation{Handle: v.Handle, Right: v.Right, Rooms: v.Rooms, Until: v.Until, Servers: servers, Pin: pin, Hub: key, Seed: seed}.Text()
}

// servers are the addresses that the person is told.
func (v Invite) servers(listened string) ([]string, error) {
	var out []string
	for _, at := range v.At {
		at = strings.TrimPrefix(at, "tls://")
		if _, _, err := net.SplitHostPort(at); err != nil {
			return nil, model.Refuse(model.Invalid, "%s is no address to come to; write it as host:4222", at)
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

// reachable names a host for others: one that stands for every address of this
// machine becomes its name and those addresses.
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

// publicHubKey is the public key of the hub in a directory. Whoever hosts holds it
// meanwhile: it is only read.
func publicHubKey(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, hubKeyName)
	if !exists(path) {
		return "", errNeverServed
	}
	for { // a hub that starts in this moment writes it
		k := &key{path: path}
		err := k.load()
		if err == nil {
			return k.text, nil
		}
		select {
		case <-ctx.Done():
			return "", err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// OwnData makes a data directory where it is missing, and refuses one that others
// may write to.
func OwnData(data string) error {
	_, err := hub.OwnDir(data)
	return err
}
