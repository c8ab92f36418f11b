#include "storage/catalogue/lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "storage/local_store.hpp"
#include "support/temp_directory.hpp"

namespace pgark::storage {
namespace {

namespace fs = std::filesystem;

class LockTest : public testing::Test {
 protected:
  Result<std::unique_ptr<Lock>> acquire(const std::string& database = "shop") {
    return Lock::acquire(store_, database, "backup");
  }
  std::size_t objects() const { return value_or_throw(store_.list({})).size(); }
  void leave(const LockOwner& owner, const std::string& key = "shop.lock-7") {
    value_or_throw(store_.write_small(key, encode_lock_owner(owner)));
  }
  void make_old(const std::string& key) const {
    fs::last_write_time(folder_ / key, fs::file_time_type::clock::now() - std::chrono::minutes(16));
  }

  const test::TempDirectory folder_;
  LocalStore store_{folder_.path().string(), /*sync=*/false};
};

TEST_F(LockTest, OneAtATime) {
  {
    const auto first = acquire();
    ASSERT_TRUE(first) << first.error().to_string();
    const auto second = acquire();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::usage);
    EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid())), std::string::npos)
        << second.error().message;
    EXPECT_TRUE(acquire("other"));
  }
  EXPECT_EQ(objects(), 0u);
  EXPECT_TRUE(acquire());
}

TEST_F(LockTest, OfManyThatTryAtOnceOneHasIt) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> holders{0};
    std::atomic<int> most{0};
    std::atomic<int> got{0};
    {
      std::vector<std::jthread> threads;
      for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
          const auto lock = acquire();
          if (!lock) return;
          ++got;
          most = std::max(most.load(), ++holders);
          std::this_thread::sleep_for(std::chrono::milliseconds(2));
          --holders;
        });
      }
    }
    EXPECT_EQ(most.load(), 1);
    EXPECT_GE(got.load(), 1);
  }
  EXPECT_EQ(objects(), 0u);
}

// The kernel has taken the process away; its lock stays.
TEST_F(LockTest, OfADeadProcessIsTakenOver) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = acquire();
    ::_exit(lock ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  ASSERT_EQ(objects(), 1u);
  {
    const auto lock = acquire();
    ASSERT_TRUE(lock) << lock.error().to_string();
    EXPECT_EQ(objects(), 1u);
  }
  EXPECT_EQ(objects(), 0u);
}

// In a container nobody may wait for it.
TEST_F(LockTest, AProcessThatIsDeadAndNotWaitedForIsDead) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = acquire();
    ::_exit(lock ? 0 : 1);
  }
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
  ASSERT_EQ(objects(), 1u);
  EXPECT_TRUE(acquire());
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
}

TEST_F(LockTest, APidThatIsUsedAgainIsNotTheOwner) {
  LockOwner owner = LockOwner::this_process("backup");
  EXPECT_EQ(owner.liveness(), Liveness::alive);
  owner.process_start = "1";
  EXPECT_EQ(owner.liveness(), Liveness::dead);
  leave(owner);
  EXPECT_TRUE(acquire());
}

TEST_F(LockTest, OfAnotherMachineCountsUntilItIsOld) {
  LockOwner owner = LockOwner::this_process("backup");
  owner.host = "elsewhere";
  EXPECT_EQ(owner.liveness(), Liveness::unknown);
  leave(owner);
  const auto refused = acquire();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("elsewhere"), std::string::npos);
  make_old("shop.lock-7");
  EXPECT_TRUE(acquire());
  EXPECT_EQ(objects(), 0u);
}

TEST_F(LockTest, AnotherContainerIsAnotherMachineAndAnotherBootIsDead) {
  LockOwner owner = LockOwner::this_process("backup");
  owner.pid_namespace = "pid:[1]";
  EXPECT_EQ(owner.liveness(), Liveness::unknown);
  owner.boot = "before";
  EXPECT_EQ(owner.liveness(), Liveness::dead);
}

TEST_F(LockTest, WhatCannotBeReadCountsUntilItIsOld) {
  value_or_throw(store_.write_small("shop.lock-3", "{}"));
  EXPECT_FALSE(acquire());
  make_old("shop.lock-3");
  EXPECT_TRUE(acquire());
  value_or_throw(store_.write_small("shop.lock-x", "a file of somebody else"));
  EXPECT_TRUE(acquire());
  EXPECT_EQ(objects(), 1u);
}

TEST_F(LockTest, OnlyItsOwnIsGivenBack) {
  {
    const auto lock = acquire();
    ASSERT_TRUE(lock);
    leave(LockOwner::this_process("backup"), "shop.lock-1");  // taken over by somebody
  }
  EXPECT_EQ(objects(), 1u);
}

}  // namespace
}  // namespace pgark::storage
