/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "run.h"

#include <sched.h>
#include <sys/mount.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "base/date.h"
#include "worker/sandbox.h"

enum { NOBODY = 65534, PATH_SIZE = 256 };

static char scans[PATH_SIZE]; /* a folder in the test's directory */
static char docket[PATH_SIZE];

/* The line of the output that has the words, checked for how it begins; with the line behind it. */
static void assert_line(const char *begins, const char *words)
{
    const char *found = strstr(run.out, words);

    if (found == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, run.out);
    while (found > run.out && found[-1] != '\n')
        found--;
    if (strncmp(found, begins, strlen(begins)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\":\n%s", words, begins, run.out);
}

/* What is wrong on this machine anyhow, and no test's doing. */
static bool protections_hold(void)
{
    return sandbox_probe() == PROTECTION_ALL;
}

static void assert_status(int status)
{
    assert_int_equal(run.status, status == 0 && !protections_hold() ? 1 : status);
}

/* Settings with one folder, which is there and private; `more` below it. */
static void make_settings(const char *more)
{
    char text[2048];

    snprintf(scans, sizeof scans, "%s/scans", directory);
    snprintf(docket, sizeof docket, "%s/docket.db", directory);
    mkdir(scans, 0700);
    chmod(scans, 0700);
    snprintf(text, sizeof text, "docket: %s\nfolders:\n- path: %s\n%s", docket, scans, more);
    make_file("irsort.yaml", text);
    chmod("irsort.yaml", 0644);
}

static void doctor(void)
{
    irsort("doctor", "--settings", "irsort.yaml", NULL);
}

/* ---- reading and protections ---- */

/* Each protection is told by its name, and said to hold only where the kernel let it be tried. */
static void test_it_tells_each_protection(void **state)
{
    unsigned held = sandbox_probe();

    (void)state;
    irsort("doctor", NULL);
    assert_status(0);
    for (enum protection protection = 0; protection < PROTECTION_COUNT; protection++) {
        char name[64];
        snprintf(name, sizeof name, "(%s)", sandbox_protection_name(protection));
        assert_line((held >> protection & 1) != 0 ? "ok " : "WRONG: ", name);
    }
}

static void test_it_finds_what_is_missing(void **state)
{
    (void)state;
    setenv("TESSDATA_PREFIX", directory, 1);
    irsort("doctor", NULL);
    unsetenv("TESSDATA_PREFIX");
    assert_int_equal(run.status, 2);
    assert_line("WRONG: ", "Tesseract's English language data");
    setenv("IRSORT_DATA", directory, 1);
    irsort("doctor", NULL);
    unsetenv("IRSORT_DATA");
    assert_int_equal(run.status, 2);
    assert_line("WRONG: ", "IRSORT_DATA names");
}

/* ---- settings, docket, clock ---- */

static void test_all_is_well(void **state)
{
    (void)state;
    make_settings("");
    make_file("docket.db", "");
    chmod("docket.db", 0600);
    doctor();
    assert_status(0);
    assert_line("ok ", "the settings are those of irsort.yaml");
    assert_line("ok ", "the docket ");
        assert_line("ok ", "the clock says");
    assert_null(strstr(run.out, "Mend: chmod"));
}

static void test_a_wrong_setting_is_told_and_the_rest_looked_at(void **state)
{
    (void)state;
    make_file("irsort.yaml", "langauge: en\n");
    doctor();
    assert_int_equal(run.status, 2);
    assert_line("WRONG: ", "irsort.yaml:1:1: langauge: unknown key");
    assert_line("ok ", "the process that reads starts");
}

static void test_settings_that_others_can_change(void **state)
{
    (void)state;
    make_settings("");
    chmod("irsort.yaml", 0666);
    doctor();
    assert_status(0);
    assert_line("WARNING: ", "others can change the settings");
    assert_said(run.out, "Mend: chmod go-w irsort.yaml");
}

/* A program that is told of filed letters; who can change it could have irsort run what he likes. */
static void test_a_hook_that_others_can_change(void **state)
{
    char more[2 * PATH_SIZE];

    (void)state;
    make_file("tell.sh", "#!/bin/sh\n");
    chmod("tell.sh", 0755);
    snprintf(more, sizeof more, "  on_review: [/nowhere/tell]\nwatch:\n  on_filed: [%s/tell.sh]\n", directory);
    make_settings(more);
    doctor();
    assert_line("ok ", "tell.sh is run for filed letters");
    assert_line("WARNING: ", "on_review: /nowhere/tell: No such file");
    assert_status(0);
    chmod("tell.sh", 0775);
    doctor();
    assert_line("WARNING: on_filed: ", "tell.sh is not trusted");
    assert_status(0);
}

static void test_a_docket_that_is_still_to_come(void **state)
{
    (void)state;
    make_settings("");
    doctor();
    assert_status(0);
    assert_line("ok ", "there is no docket in");
}

static void test_a_docket_that_others_can_read(void **state)
{
    (void)state;
    make_settings("");
    make_file("docket.db", "");
    chmod("docket.db", 0640);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "others than its owner can read the docket");
    assert_said(run.out, "Mend: chmod 600");
}

/* The folder is open to that user, the docket is root's. */
static void test_a_docket_of_somebody_else(void **state)
{
    (void)state;
    if (getuid() != 0)
        skip();
    make_settings("");
    make_file("docket.db", "");
    chmod("docket.db", 0600);
    chmod(directory, 0755);
    run_as(NOBODY, NULL, (const char *const[]){"irsort", "doctor", "--settings", "irsort.yaml", NULL});
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "the docket ");
    assert_said(run.out, "Mend: call irsort as the user who owns it");
}

/* A copy of the patterns, checked last on another day than they were. */
static void copy_patterns(const char *checked)
{
    char command[512];

    snprintf(command, sizeof command,
             "cp -r %s/patterns %s/models . && sed -i 's/^checked: .*/checked: %s/' patterns/clocks/*.yaml",
             PROJECT_DIR, PROJECT_DIR, checked);
    assert_int_equal(system(command), 0);
}

static void test_a_clock_far_ahead_of_the_patterns(void **state)
{
    (void)state;
    copy_patterns("2014-05-06");
    setenv("IRSORT_DATA", directory, 1);
    irsort("doctor", NULL);
    unsetenv("IRSORT_DATA");
    assert_status(0);
    assert_line("WARNING: ", "years after the patterns were last checked");
    assert_said(run.out, "Mend: set this machine's clock");
}

static void test_a_clock_behind_the_patterns(void **state)
{
    char day[DATE_TEXT_SIZE];

    (void)state;
    copy_patterns(date_format(date_today() + 3, day));
    setenv("IRSORT_DATA", directory, 1);
    irsort("doctor", NULL);
    unsetenv("IRSORT_DATA");
    assert_int_equal(run.status, 2);
    assert_said(run.err, "or set this machine's clock");
    assert_line("WRONG: ", "the files above must be mended");
}

/* ---- the desk ---- */

static void write_pem(const char *name, gnutls_datum_t pem)
{
    FILE *stream = fopen(name, "w");

    assert_non_null(stream);
    assert_int_equal(fchmod(fileno(stream), 0600), 0);
    assert_int_equal(fwrite(pem.data, 1, pem.size, stream), pem.size);
    fclose(stream);
    gnutls_free(pem.data);
}

/* A certificate that ends so many days from now, with its key, and settings that name them. */
static void make_desk(int days)
{
    const time_t now = time(NULL);
    const unsigned char serial = 1;
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
    gnutls_datum_t pem;
    char more[512];

    assert_int_equal(gnutls_x509_privkey_init(&key), 0);
    const unsigned bits = GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);
    assert_int_equal(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA, bits, 0), 0);
    assert_int_equal(gnutls_x509_crt_init(&certificate), 0);
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_serial(certificate, &serial, sizeof serial);
    gnutls_x509_crt_set_key(certificate, key);
    gnutls_x509_crt_set_activation_time(certificate, now - 100 * 86400);
    gnutls_x509_crt_set_expiration_time(certificate, now + days * 86400);
    assert_int_equal(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), 0);
    assert_int_equal(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem), 0);
    write_pem("desk.crt", pem);
    assert_int_equal(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), 0);
    write_pem("desk.key", pem);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
    snprintf(more, sizeof more, "desk:\n  listen: 192.0.2.7\n  certificate: %s/desk.crt\n  key: %s/desk.key\n", directory,
             directory);
    make_settings(more);
}

static void add_a_user(void)
{
    make_file("password", "four words will do\n");
    irsort_with_input("password", "desk", "--settings", "irsort.yaml", "--user", "maria", "--role", "reviewer");
    assert_int_equal(run.status, 0);
}

static void test_a_desk_that_can_stand(void **state)
{
    (void)state;
    make_desk(90);
    add_a_user();
    doctor();
    assert_status(0);
    assert_line("ok ", "those who may log in to the desk are in");
    assert_line("ok ", "the desk's certificate");
}

static void test_nothing_is_said_of_a_desk_of_this_machine_only(void **state)
{
    (void)state;
    make_settings("");
    doctor();
    assert_status(0);
    assert_null(strstr(run.out, "desk"));
}

static void test_a_certificate_that_ends(void **state)
{
    (void)state;
    make_desk(20);
    add_a_user();
    doctor();
    assert_status(0);
    assert_line("WARNING: ", "the desk's certificate");
    assert_said(run.out, "Mend: make or get a new one");
    make_desk(-1);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "the desk's certificate");
    chmod("desk.key", 0640);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "the key ");
    assert_said(run.out, "chmod");
}

static void test_a_desk_that_does_not_start(void **state)
{
    (void)state;
    make_desk(90);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "the desk is to listen at");
    assert_said(run.out, "Mend: irsort desk --user NAME --role reviewer");
    add_a_user();
    char users[PATH_SIZE + 8];
    snprintf(users, sizeof users, "%s.users", docket);
    chmod(users, 0644);
    doctor();
    assert_int_equal(run.status, 1);
    assert_said(run.out, "WRONG: /");
    assert_said(run.out, "chmod");
    make_settings("desk: {listen: 192.0.2.7}\n");
    chmod(users, 0600);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "the desk is to listen at");
    assert_said(run.out, "desk.certificate, desk.key");
    make_settings("desk: {listen: 0.0.0.0}\n");
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "--listen wants one");
}

/* ---- folders ---- */

static void test_a_folder_that_is_not_there(void **state)
{
    (void)state;
    make_settings("");
    assert_int_equal(rmdir(scans), 0);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "there is no folder");
    assert_said(run.out, "Mend: make it, mount the share");
    assert_int_equal(symlink("/tmp", scans), 0); /* and a link is none */
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "there is no folder");
}

static void test_a_folder_that_is_closed(void **state)
{
    (void)state;
    if (getuid() != 0)
        skip();
    make_settings("");
    chmod(scans, 0755);
    chmod(directory, 0755);
    run_as(NOBODY, NULL, (const char *const[]){"irsort", "doctor", "--settings", "irsort.yaml", NULL});
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "this user cannot take files out of");
    assert_said(run.out, "Mend: give this user the right");
}

static void test_a_folder_that_all_can_look_into(void **state)
{
    (void)state;
    make_settings("");
    chmod(scans, 0705);
    doctor();
    assert_status(0);
    assert_line("WARNING: ", "everybody on this machine can look into");
    assert_said(run.out, "Mend: chmod o-rwx");
}

/* What the one files would be taken by the other. */
static void test_a_folder_in_a_folder(void **state)
{
    char more[3 * PATH_SIZE];
    char inner[PATH_SIZE + 8];

    (void)state;
    make_settings(""); /* it knows the folder's name only now */
    snprintf(inner, sizeof inner, "%s/desk", scans);
    assert_int_equal(mkdir(inner, 0700), 0);
    snprintf(more, sizeof more, "- path: %s\n", inner);
    make_settings(more);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "/scans/desk lies inside");
    assert_said(run.out, "out of the settings");

    snprintf(more, sizeof more, "- path: %s/../scans\n", scans);
    make_settings(more);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "/../scans is the same");

    /* not one that only begins with the same letters */
    snprintf(inner, sizeof inner, "%s-2", scans);
    assert_int_equal(mkdir(inner, 0700), 0);
    snprintf(more, sizeof more, "- path: %s\n", inner);
    make_settings(more);
    doctor();
    assert_status(0);
}

static void test_a_folder_that_cannot_be_watched(void **state)
{
    char own[PATH_SIZE + 8];

    (void)state;
    make_settings("");
    snprintf(own, sizeof own, "%s/.irsort", directory);
    assert_int_equal(mkdir(own, 0700), 0);
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "/scans lies inside");
    assert_int_equal(rmdir(own), 0);

    make_settings("- path: /\n");
    doctor();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "/ holds everything on this machine");
}

static void test_a_folder_is_only_looked_at_if_the_settings_say_so(void **state)
{
    (void)state;
    make_settings("  polling: always\n");
    doctor();
    assert_status(0);
    assert_line("ok ", "looking again and again (polling: always)");
}

static void write_line(const char *path, const char *line)
{
    FILE *file = fopen(path, "w");

    if (file == NULL || fputs(line, file) < 0 || fclose(file) != 0)
        _exit(77);
}

/* This user is root in the new namespace. */
static void map_user(unsigned user, unsigned group)
{
    char line[64];

    write_line("/proc/self/setgroups", "deny");
    snprintf(line, sizeof line, "0 %u 1", user);
    write_line("/proc/self/uid_map", line);
    snprintf(line, sizeof line, "0 %u 1", group);
    write_line("/proc/self/gid_map", line);
}

/* In namespaces of the child's own: `prepare` runs as their root, and what it mounts is gone afterwards. False where
 * this machine does not allow it. */
static bool run_apart(int flags, const char *prepare)
{
    static char report[64];
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        unsigned user = getuid();
        unsigned group = getgid();
        if (unshare(flags) < 0)
            _exit(77);
        if ((flags & CLONE_NEWUSER) != 0)
            map_user(user, group);
        if ((flags & CLONE_NEWNS) != 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
            _exit(77);
        if (system(prepare) != 0)
            _exit(77);
        doctor();
        FILE *file = fopen("report", "w");
        fprintf(file, "%d\n%s", run.status, run.out);
        fclose(file);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        return false;
    FILE *file = fopen("report", "r");
    assert_non_null(file);
    assert_non_null(fgets(report, sizeof report, file));
    run.status = atoi(report);
    run.out[fread(run.out, 1, OUTPUT_MAX - 1, file)] = '\0';
    fclose(file);
    return true;
}

static void test_a_disk_that_is_full(void **state)
{
    char prepare[PATH_SIZE * 2];

    (void)state;
    make_settings("");
    snprintf(prepare, sizeof prepare, "mount -t tmpfs -o size=8m,mode=700 tmpfs %s", scans);
    if (!run_apart(CLONE_NEWNS, prepare))
        skip();
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "hardly any room is left on the disk of");
    assert_said(run.out, "Mend: make room");
    snprintf(prepare, sizeof prepare, "mount -t tmpfs -o size=200m,mode=700 tmpfs %s", scans);
    assert_true(run_apart(CLONE_NEWNS, prepare));
    assert_status(0);
    assert_line("WARNING: ", "little room is left on the disk of");
}

/* Of an overlay it is not known who else changes it. */
static void test_a_folder_that_gives_no_events_to_rely_on(void **state)
{
    char prepare[PATH_SIZE * 4];

    (void)state;
    make_settings("");
    snprintf(prepare, sizeof prepare,
             "mount -t tmpfs -o mode=700 tmpfs %s && cd %s && mkdir -m 700 a b c d && "
             "mount -t overlay -o lowerdir=a,upperdir=b,workdir=c overlay d && mount --bind d %s",
             scans, scans, scans);
    if (!run_apart(CLONE_NEWNS, prepare))
        skip();
    assert_line("ok ", "looking again and again (overlay)");
}

/* A user namespace that may have no inotify at all. */
static void test_a_folder_that_gives_no_events(void **state)
{
    static const char none[] = "echo 0 >/proc/sys/user/max_inotify_instances";

    (void)state;
    make_settings("");
    if (!run_apart(CLONE_NEWUSER, none))
        skip();
    assert_line("WARNING: ", "no event comes of new files");
    assert_said(run.out, "Mend: raise fs.inotify.max_user_watches");
    make_settings("  polling: never\n");
    assert_true(run_apart(CLONE_NEWUSER, none));
    assert_int_equal(run.status, 1);
    assert_line("WRONG: ", "the settings want no looking");
}

/* ---- the call ---- */

static void test_it_speaks_spanish(void **state)
{
    (void)state;
    irsort("doctor", "--lang", "es", NULL);
    assert_said(run.out, "PROTECCIONES");
    assert_null(strstr(run.out, "PROTECTIONS"));
    make_file("irsort.yaml", "language: es\n");
    doctor();
    assert_said(run.out, "PROTECCIONES");
}

static void test_it_takes_no_arguments(void **state)
{
    (void)state;
    irsort("doctor", "now", NULL);
    assert_int_equal(run.status, 2);
    assert_string_equal(run.out, "");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, enter_directory, leave_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_tells_each_protection),
        TEST(test_it_finds_what_is_missing),
        TEST(test_all_is_well),
        TEST(test_a_wrong_setting_is_told_and_the_rest_looked_at),
        TEST(test_settings_that_others_can_change),
        TEST(test_a_hook_that_others_can_change),
        TEST(test_a_docket_that_is_still_to_come),
        TEST(test_a_docket_that_others_can_read),
        TEST(test_a_docket_of_somebody_else),
        TEST(test_a_clock_far_ahead_of_the_patterns),
        TEST(test_a_clock_behind_the_patterns),
        TEST(test_a_desk_that_can_stand),
        TEST(test_nothing_is_said_of_a_desk_of_this_machine_only),
        TEST(test_a_certificate_that_ends),
        TEST(test_a_desk_that_does_not_start),
        TEST(test_a_folder_that_is_not_there),
        TEST(test_a_folder_that_is_closed),
        TEST(test_a_folder_that_all_can_look_into),
        TEST(test_a_folder_in_a_folder),
        TEST(test_a_folder_that_cannot_be_watched),
        TEST(test_a_folder_is_only_looked_at_if_the_settings_say_so),
        TEST(test_a_disk_that_is_full),
        TEST(test_a_folder_that_gives_no_events_to_rely_on),
        TEST(test_a_folder_that_gives_no_events),
        TEST(test_it_speaks_spanish),
        TEST(test_it_takes_no_arguments),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
