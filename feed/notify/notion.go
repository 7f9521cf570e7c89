package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"warroom/model"
)

// Notion is a client for one database of Notion. It uses the last API version that treats a
// database as a single data source.
type Notion struct {
	o NotionOptions
	c *caller

	mu    sync.Mutex
	title string // name of the title property; "" until it was read
}

// NotionOptions configure the access to a database.
type NotionOptions struct {
	Token    model.Secret // of the integration, ntn_ or secret_
	Database string       // id of the database
	API      string       // URL of the API; if empty, Notion's
	Now      func() time.Time
}

const (
	notionAPI     = "https://api.notion.com"
	notionVersion = "2022-06-28"
	// notionKey is the text property by which a page is found again.
	notionKey = "Warroom"
)

var databaseID = regexp.MustCompile(`^[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}$`)

var _ Tracker = (*Notion)(nil)

// NewNotion returns the client of a database.
func NewNotion(o NotionOptions) (*Notion, error) {
	if o.API == "" {
		o.API = notionAPI
	}
	u, err := address("api of [notion]", o.API)
	if err != nil {
		return nil, err
	}
	if !databaseID.MatchString(o.Database) {
		return nil, never("database of [notion] is the id of a database, 32 digits of its address, not %q",
			short(o.Database, 60))
	}
	return &Notion{o: o,
		c: &caller{who: "Notion", base: strings.TrimSuffix(u.String(), "/"), client: newHTTP(nil), now: o.Now,
			explain: notionError,
			sign: func(r *http.Request) {
				r.Header.Set("Authorization", "Bearer "+string(o.Token.Reveal()))
				r.Header.Set("Notion-Version", notionVersion)
			}}}, nil
}

// notionError extracts the error from an answer of Notion.
func notionError(body []byte) string {
	var e struct {
		Object  string `json:"object"`
		Message string `json:"message"`
	}
	if json.Unmarshal(body, &e) != nil || e.Object != "error" {
		return ""
	}
	return e.Message
}

// Put creates a page once. The page of an incident is updated; a ticket is not changed
// after it was created, because it belongs to its assignee.
func (n *Notion) Put(ctx context.Context, r Record) (Placed, error) {
	title, err := n.titleProperty(ctx)
	if err != nil {
		return Placed{}, err
	}
	p := Placed{ID: r.ID}
	if p.ID == "" {
		if p, err = n.find(ctx, r.Key); err != nil {
			return Placed{}, err
		}
	}
	switch {
	case p.ID == "":
		return n.create(ctx, title, r)
	case r.Ticket:
		return p, nil
	}
	return p, n.update(ctx, p.ID, title, r)
}

// titleProperty returns the name of the database's title property.
func (n *Notion) titleProperty(ctx context.Context) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.title != "" {
		return n.title, nil
	}
	var db struct {
		Properties map[string]struct {
			Type string `json:"type"`
		} `json:"properties"`
	}
	if err := n.c.call(ctx, http.MethodGet, "/v1/databases/"+n.o.Database, nil, &db); err != nil {
		return "", err
	}
	if db.Properties[notionKey].Type != "rich_text" {
		return "", temporary(permissionWait,
			"the database in Notion has no property %s of type text; add it: warroom finds its pages by "+
				"it", notionKey)
	}
	for name, p := range db.Properties {
		if p.Type == "title" {
			n.title = name
		}
	}
	if n.title == "" {
		return "", temporary(0, "the database in Notion has no title property")
	}
	return n.title, nil
}

func (n *Notion) find(ctx context.Context, key string) (Placed, error) {
	in := map[string]any{"filter": map[string]any{"property": notionKey, "rich_text": map[string]string{"equals": key}},
		"page_size": 1}
	var out struct {
		Results []notionPage `json:"results"`
	}
	if err := n.c.call(ctx, http.MethodPost, "/v1/databases/"+n.o.Database+"/query", in, &out); err != nil ||
		len(out.Results) == 0 {
		return Placed{}, err
	}
	return Placed(out.Results[0]), nil
}

type notionPage struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

func (n *Notion) create(ctx context.Context, title string, r Record) (Placed, error) {
	in := map[string]any{"parent": map[string]string{"database_id": n.o.Database},
		"properties": map[string]any{title: titleOf(r), notionKey: map[string]any{"rich_text": rich(r.Key)}},
		"children":   []any{quote(r)}}
	var p notionPage
	if err := n.c.call(ctx, http.MethodPost, "/v1/pages", in, &p); err != nil {
		return Placed{}, err
	}
	if p.ID == "" {
		return Placed{}, temporary(0, "Notion created a page but did not return its id")
	}
	return Placed(p), nil
}

// update rewrites the title and the first quote of a page. What people wrote below it is
// kept.
func (n *Notion) update(ctx context.Context, id, title string, r Record) error {
	id = url.PathEscape(id)
	in := map[string]any{"properties": map[string]any{title: titleOf(r)}}
	if err := n.c.call(ctx, http.MethodPatch, "/v1/pages/"+id, in, nil); err != nil {
		return err
	}
	var list struct {
		Results []struct {
			ID   string `json:"id"`
			Type string `json:"type"`
		} `json:"results"`
	}
	if err := n.c.call(ctx, http.MethodGet, "/v1/blocks/"+id+"/children?page_size=100", nil, &list); err != nil {
		return err
	}
	for _, b := range list.Results {
		if b.Type == "quote" {
			return n.c.call(ctx, http.MethodPatch, "/v1/blocks/"+url.PathEscape(b.ID),
				map[string]any{"quote": map[string]any{"rich_text": rich(body(r))}}, nil)
		}
	}
	return n.c.call(ctx, http.MethodPatch, "/v1/blocks/"+id+"/children", map[string]any{"children": []any{quote(r)}},
		nil)
}

func titleOf(r Record) any {
	return map[string]any{"title": rich(cut(plainLine(r.Title), 300, "..."))}
}

func quote(r Record) any {
	return map[string]any{"object": "block", "type": "quote", "quote": map[string]any{"rich_text": rich(body(r))}}
}

// body returns a record as plain text.
func body(r Record) string {
	var b strings.Builder
	for _, f := range r.Facts {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	for _, t := range r.Text {
		fmt.Fprintf(&b, "\n%s\n", t)
	}
	return strings.TrimSpace(plain(b.String()))
}

// The limits of a list of rich texts.
const (
	richText  = 1900 // bytes per text, below the limit of 2,000 characters
	richTexts = 90   // below the limit of 100 texts
)

// rich returns a text split into as many parts as needed.
func rich(s string) []any {
	s = cut(s, richText*(richTexts-1), "\n... cut; the whole text is in the room")
	out := []any{}
	for s != "" {
		text := cut(s, richText, "")
		out = append(out, map[string]any{"type": "text", "text": map[string]string{"content": text}})
		s = s[len(text):]
	}
	return out
}

// Check implements [Tracker].
func (n *Notion) Check(ctx context.Context) (string, error) {
	var me struct {
		Name string `json:"name"`
	}
	if err := n.c.call(ctx, http.MethodGet, "/v1/users/me", nil, &me); err != nil {
		return "", err
	}
	if _, err := n.titleProperty(ctx); err != nil {
		return "", err
	}
	return fmt.Sprintf("the token belongs to %s, which can read the database; write access is not checked until the "+
		"first page", short(me.Name, 80)), nil
}
