/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Short forms of libcyaml's schema macros, for schemas that stand in columns. */
#ifndef IRSORT_SOURCE_FORMS_H
#define IRSORT_SOURCE_FORMS_H

#include <cyaml/cyaml.h>

enum { LIST_MAX = 2000 }; /* entries; bounds a file gone wild */

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))
#define STRING(key, type, member, max) CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER, type, member, 1, max)
#define STRING_OPTIONAL(key, type, member, max)                                                              \
    CYAML_FIELD_STRING_PTR(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, 1, max)
#define ENUM(key, type, member, names)                                                                       \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT, type, member, names, LENGTH(names))
#define ENUM_OPTIONAL(key, type, member, names)                                                              \
    CYAML_FIELD_ENUM(key, CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, type, member, names, LENGTH(names))
#define LIST(key, type, member, entry, min)                                                                  \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER, type, member, entry, min, LIST_MAX)
#define LIST_OPTIONAL(key, type, member, entry)                                                              \
    CYAML_FIELD_SEQUENCE(key, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, type, member, entry, 0, LIST_MAX)

#endif
