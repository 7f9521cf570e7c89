package config

import (
	"reflect"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// wrongType returns the type that a key of the configuration has, and the type of
// its value in a file, in words for people. want is "" if the value has the right
// type, or if the file is not TOML.
func wrongType(raw []byte, key toml.Key) (want, got string) {
	var doc map[string]any
	if len(key) == 0 || toml.Unmarshal(raw, &doc) != nil {
		return "", ""
	}
	typ := reflect.TypeFor[Config]()
	values := []any{doc}
	for _, k := range key {
		if typ.Kind() == reflect.Slice { // an array of tables
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct {
			return "", ""
		}
		var ok bool
		if typ, ok = fieldOf(typ, k); !ok {
			return "", ""
		}
		values = valuesOf(values, k)
	}
	want = typeWord(typ)
	for _, v := range values {
		if got = valueWord(v); got != want {
			return want, got
		}
	}
	return "", ""
}

// fieldOf returns the type of the field for a key in a table.
func fieldOf(table reflect.Type, key string) (reflect.Type, bool) {
	for _, f := range reflect.VisibleFields(table) {
		if f.Tag.Get("toml") == key {
			return f.Type, true
		}
	}
	return nil, false
}

// valuesOf returns the values of a key in tables, and in arrays of tables.
func valuesOf(tables []any, key string) (out []any) {
	for _, t := range tables {
		switch t := t.(type) {
		case map[string]any:
			if v, ok := t[key]; ok {
				out = append(out, v)
			}
		case []any:
			out = append(out, valuesOf(t, key)...)
		}
	}
	return out
}

// typeWord returns the name of a type of the configuration for people.
func typeWord(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "list"
	case reflect.Struct, reflect.Map:
		return "table"
	case reflect.String:
		return "string"
	case reflect.Float64:
		return "number"
	}
	return "whole number"
}

// valueWord returns the name of the type of a value in a file for people.
func valueWord(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case int64:
		return "whole number"
	case float64:
		return "number"
	case []any:
		return "list"
	case map[string]any:
		return "table"
	case time.Time, toml.LocalDate, toml.LocalTime, toml.LocalDateTime:
		return "date or time"
	}
	return "value of another type"
}
